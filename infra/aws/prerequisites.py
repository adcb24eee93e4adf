"""What a deployment needs of account and machine, checked before anything is built or changed."""

import os
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from console import Failed, say

# New accounts have 10. `sync` alone takes SyncConcurrency and five; the API's functions share the rest.
CONCURRENCY = 200


def region() -> str:
    """The region of the environment or the profile, set for every program that is started from here.

    The SAM CLI and boto3 read AWS_DEFAULT_REGION, the AWS CLI reads AWS_REGION first: with two regions half of a deployment would
    look for the other half.
    """
    found = {name: value for name in ("AWS_REGION", "AWS_DEFAULT_REGION") if (value := os.environ.get(name))}
    if len(set(found.values())) > 1:
        raise Failed("AWS_REGION and AWS_DEFAULT_REGION are two regions: " + ", ".join(found.values()) + ". Set both to one.")
    try:
        region = next(iter(found.values()), None) or boto3.Session().region_name
    except BotoCoreError as error:
        raise Failed(f"AWS_PROFILE: {error}") from error
    if not region:
        raise Failed("No region. For instance: export AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1")
    os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = region
    return region


def account(client) -> str:
    """The account that the credentials are for."""
    try:
        return client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise Failed(f"No usable AWS credentials: {error}\nSet AWS_PROFILE, or sign in (aws sso login).") from error


def built(template: Path) -> None:
    if not template.exists():
        raise Failed("Nothing is built yet: `make build` does it, and so does `make deploy`.")


def warn_of_concurrency(client) -> None:
    """Says when the account may run fewer functions at once than a fleet takes."""
    limit = client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    if limit < CONCURRENCY:
        say(
            f"WARNING    This account may run {limit} functions at once in this region; syncs could take all of them, and the panel would\n"
            f"           answer 503. Ask for {CONCURRENCY} or more: Service Quotas, AWS Lambda, Concurrent executions."
        )


def gateway_logs_role(client) -> str:
    """The parameter GatewayLogsRole of a new stack: API Gateway has one role for access logs in an account and region."""
    role = client("apigateway").get_account().get("cloudwatchRoleArn")
    if not role:
        return "create"
    iam = client("iam")
    try:
        iam.get_role(RoleName=role.rpartition("/")[2])
    except iam.exceptions.NoSuchEntityException:
        # The account still names the role of a deployment that was rolled back.
        return "create"
    return "exists"
