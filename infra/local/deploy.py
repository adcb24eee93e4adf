"""Deploys the built template to the emulator with the SAM CLI, and reads back what was made."""

import platform
import sys
from pathlib import Path

import boto3
from samcli.yamlhelper import yaml_parse

from settings import FUNCTIONS, REGION, ROOT, TEMPLATE, Stack

sys.path.append(str(ROOT / "infra" / "aws"))

import deployment

# samconfig.toml's environment `local`: the bucket that the packages travel through, and the stage.
BUCKET = "zwm-local-artifacts"
STAGE = "local"


def client(stack: Stack, service: str):
    """A boto3 client of the emulator, as the account's root."""
    return boto3.client(
        service,
        endpoint_url=stack.emulator_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def deploy(stack: Stack, template: Path) -> None:
    """The same as to AWS, with the packages and parameters of this machine."""
    client(stack, "s3").create_bucket(Bucket=BUCKET)
    deployment.deploy(_target(stack, template), _parameters(stack), lambda _: f"{_api_url(stack)}/")


def _target(stack: Stack, template: Path = TEMPLATE) -> deployment.Target:
    return deployment.Target(
        lambda service: client(stack, service),
        "local",
        stack.name,
        REGION,
        stack.aws_environment(),
        template,
        stack.home,
        show=False,
    )


def complete(stack: Stack, description: dict) -> None:
    """Sets what the template asks for and the emulator leaves out of a template."""
    dynamodb = client(stack, "dynamodb")
    for name in ("table_name", "vault_table_name", "grants_table_name", "audit_table_name"):
        table = description[name]
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
        dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    _lock_the_bucket(stack, description["audit_bucket"])
    _complete_api(stack, description["api_url"].rstrip("/").split("/")[-2:])
    client(stack, "lambda").put_function_recursion_config(FunctionName=description["functions"]["sync"], RecursiveLoop="Allow")


def _lock_the_bucket(stack: Stack, bucket: str) -> None:
    template = yaml_parse((ROOT / "infra" / "template.yaml").read_text())
    lock = template["Resources"]["AuditBucket"]["Properties"]["ObjectLockConfiguration"]
    # As the parameter AuditRetentionDays has it, and no longer than a stack of an hour needs.
    lock["Rule"]["DefaultRetention"]["Days"] = 1
    client(stack, "s3").put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=lock)


def _put_any_method(gateway, place: dict, like: str) -> None:
    """Sends every other method where one goes already, under the same authorizer."""
    method = gateway.get_method(**place, httpMethod=like)
    authorizer = {"authorizerId": method["authorizerId"]} if "authorizerId" in method else {}
    gateway.put_method(**place, httpMethod="ANY", authorizationType=method["authorizationType"], **authorizer)
    integration = method["methodIntegration"]
    gateway.put_integration(
        **place, httpMethod="ANY", type=integration["type"], integrationHttpMethod="POST", uri=integration["uri"]
    )


def _complete_api(stack: Stack, api_and_stage: list[str]) -> None:
    """Gateway responses, and the `ANY` methods: the emulator does not read them from a template."""
    api, stage = api_and_stage
    gateway = client(stack, "apigateway")
    template = yaml_parse((ROOT / "infra" / "template.yaml").read_text())
    for kind, response in template["Resources"]["Api"]["Properties"]["GatewayResponses"].items():
        headers = response["ResponseParameters"]["Headers"]
        gateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            statusCode=str(response["StatusCode"]),
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            responseTemplates=response["ResponseTemplates"],
        )
    for resource in gateway.get_resources(restApiId=api, limit=500)["items"]:
        methods = resource.get("resourceMethods") or {}
        if methods and "ANY" not in methods:
            _put_any_method(gateway, {"restApiId": api, "resourceId": resource["id"]}, next(iter(methods)))
    deployment = gateway.create_deployment(restApiId=api)["id"]
    patch = {"op": "replace", "path": "/deploymentId", "value": deployment}
    gateway.update_stage(restApiId=api, stageName=stage, patchOperations=[patch])


def _parameters(stack: Stack) -> dict[str, str]:
    """This machine's architecture and simulator, and the stack's own parameters."""
    architecture = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    machine = {"Architecture": architecture, "ListedZuoraHosts": stack.listed_hosts}
    return {**machine, **dict(pair.split("=", 1) for pair in stack.parameters.split())}


def _ids(stack: Stack) -> dict[str, str]:
    """Physical ids by logical ids."""
    pages = client(stack, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
    return {r["LogicalResourceId"]: r["PhysicalResourceId"] for page in pages for r in page["StackResourceSummaries"]}


def _api_url(stack: Stack) -> str:
    return f"{stack.emulator_url}/_aws/execute-api/{_ids(stack)['Api']}/{STAGE}"


def describe(stack: Stack) -> dict:
    """What other programs need to know: the fields of the stack file, except for people and simulator."""
    described = deployment.describe(_target(stack))
    outputs, ids = described["outputs"], _ids(stack)
    iam = client(stack, "iam")
    roles = {name: iam.get_role(RoleName=ids[f"{name.capitalize()}Role"])["Role"]["Arn"] for name in FUNCTIONS}
    return {
        "api_url": _api_url(stack),
        "panel_url": described["parameters"]["PanelUrl"],
        "region": REGION,
        "user_pool_id": outputs["UserPoolId"],
        "user_pool_client_id": outputs["UserPoolClientId"],
        "table_name": outputs["TableName"],
        "job_queue_url": outputs["JobQueueUrl"],
        "question_queue_url": outputs["QuestionQueueUrl"],
        "dead_letter_queue_url": outputs["DeadLetterQueueUrl"],
        "emulator_url": stack.emulator_url,
        "simulator_url": stack.simulator_url,
        # Beyond what clients of the API need: for tests that look behind it.
        "vault_table_name": ids["VaultTable"],
        "grants_table_name": ids["GrantsTable"],
        "audit_table_name": ids["AuditTable"],
        "secrets_key_id": ids["SecretsKey"],
        "token_key_id": ids["TokenKey"],
        "app_key_secret_id": ids["AppKey"],
        "audit_bucket": outputs["AuditBucketName"],
        "event_bus": outputs["EventBusName"],
        "relay_failure_queue_url": outputs["RelayFailureQueueUrl"],
        "digest_queue_url": ids["DigestQueue"],
        "digest_topic_arn": outputs["DigestTopicArn"],
        "functions": {name: ids[f"{name.capitalize()}Function"] for name in FUNCTIONS},
        "role_arns": roles,
        "log_groups": {name: ids[f"{name.capitalize()}Logs"] for name in FUNCTIONS},
    }
