"""Deploys a stage to AWS, or deletes it; docs/deploy.md says how.

    stage.py check STAGE
    stage.py deploy STAGE [NAME=VALUE ...] [--admin ADDRESS] [--template BUILT]
    stage.py destroy STAGE [--yes]

`check` looks at region, credentials and quotas only. NAME=VALUE are parameters of infra/template.yaml; those that are not named
keep what they were. `--yes` asks nothing.
"""

import argparse
import dataclasses
import functools
import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "local"))

import boto3

import deployment
import prerequisites
from console import Failed, say, step
from settings import TEMPLATE

COST = "docs/cost.md: about $5 a month with 100 customers, $40 with 1,000; nearly nothing but keys and alarms while it is empty"
PRODUCT = "zuora-workflow-manager"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    deploy = commands.add_parser("deploy")
    deploy.add_argument("stage")
    deploy.add_argument("parameters", nargs="*", type=_parameter, metavar="NAME=VALUE")
    deploy.add_argument("--admin", default="", metavar="ADDRESS", help="e-mail address of the first super admin")
    deploy.add_argument("--template", type=Path, default=deployment.BUILT, help="what `sam build` made")
    commands.add_parser("check").add_argument("stage")
    destroy = commands.add_parser("destroy")
    destroy.add_argument("stage")
    destroy.add_argument("--yes", action="store_true")
    given = parser.parse_args(arguments)
    try:
        target = _target(given.stage)
        if given.command == "check":
            _check(target)
        elif given.command == "deploy":
            target = dataclasses.replace(target, template=given.template)
            _deploy(target, {"Stage": given.stage, **dict(given.parameters)}, given.admin)
        else:
            _destroy(target, asks=not given.yes)
    except Failed as failure:
        say(f"\nFAILED: {failure}")
        return 1
    return 0


def _parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is no NAME=VALUE")
    return name, value


def _target(stage: str) -> deployment.Target:
    region = prerequisites.region()
    client = functools.cache(boto3.client)
    say(f"Account {prerequisites.account(client)}, region {region}, stack {PRODUCT}-{stage}.")
    # A stage without settings of its own has those of dev.
    config = "prod" if stage == "prod" else "dev"
    return deployment.Target(client, config, f"{PRODUCT}-{stage}", region, dict(os.environ))


def _check(target: deployment.Target) -> None:
    """Said before the minutes that a build takes."""
    prerequisites.warn_of_concurrency(target.client)
    say(f"What it will cost: {COST}.")


def _deploy(target: deployment.Target, parameters: dict[str, str], admin: str) -> None:
    prerequisites.built(target.template)
    described = deployment.describe(target)
    if described and described["status"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
        # A first deployment that failed: an empty shell, which CloudFormation takes no other deployment for.
        _delete(target, f"Deleting what a failed first deployment left of the stack {target.stack}")
        described = None
    if not described or described["status"] == "REVIEW_IN_PROGRESS":
        parameters.setdefault("GatewayLogsRole", prerequisites.gateway_logs_role(target.client))
    outputs = deployment.deploy(target, parameters, lambda outputs: outputs["PanelUrl"])
    _first_admin(target, outputs, admin)
    say(f"\nPanel  {outputs.get('DomainUrl') or outputs['PanelUrl']}\nAPI    {outputs['ApiUrl']}")
    if name := outputs.get("DomainTarget"):
        say(f"Point the DNS record of your domain to {name}.")


def _first_admin(target: deployment.Target, outputs: dict[str, str], address: str) -> None:
    cognito, pool = target.client("cognito-idp"), outputs["UserPoolId"]
    if deployment.has_admin(cognito, pool):
        return
    if not address and sys.stdin.isatty():
        address = input("Nobody can sign in yet. E-mail address of the first super admin (empty: later): ").strip()
    if not address:
        say("Nobody can sign in yet: deploy again with ADMIN=<e-mail address>, or see docs/deploy.md.")
        return
    password = deployment.create_admin(cognito, pool, address, address)
    say(f"\nFirst super admin: {address}\nTemporary password, shown only here and good for three days: {password}")


def _destroy(target: deployment.Target, *, asks: bool) -> None:
    if not deployment.describe(target):
        raise Failed(f"There is no stack {target.stack} in {target.region}.")
    kept = _kept(target)
    say(f"This deletes the stack {target.stack}: API, functions, queues with the jobs in them, logs, alarms.")
    say("It keeps what cannot be made again. It costs money until you delete it (docs/deploy.md, Delete):")
    for name in kept:
        say(f"  {name}")
    if asks and input(f"Type {target.stack} to delete it: ").strip() != target.stack:
        raise Failed("Nothing was deleted.")
    _delete(target, f"Deleting the stack {target.stack}")


def _delete(target: deployment.Target, title: str) -> None:
    cloudformation = target.client("cloudformation")
    with step(title):
        cloudformation.delete_stack(StackName=target.stack)
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=target.stack, WaiterConfig={"Delay": 5, "MaxAttempts": 360})


def _kept(target: deployment.Target) -> list[str]:
    """The resources that outlive the stack, by type and physical id."""
    from samcli.yamlhelper import yaml_parse

    resources = yaml_parse(TEMPLATE.read_text())["Resources"]
    outlive = {name for name, resource in resources.items() if resource.get("DeletionPolicy", "").startswith("Retain")}
    pages = target.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=target.stack)
    found = [one for page in pages for one in page["StackResourceSummaries"] if one["LogicalResourceId"] in outlive]
    return sorted(f"{one['ResourceType']}  {one['PhysicalResourceId']}" for one in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
