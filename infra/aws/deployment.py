"""A deployment by the SAM CLI, to AWS as to the emulator: the template, the panel's address, people. See D-81.

What must stay true: doing it again changes nothing, and a deployment that was broken off is completed by the next.
"""

import secrets
import shlex
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from console import Failed, run, step
from settings import LOCAL, ROOT
from toolbox import sam, sam_environment

ADMINS = "super_admin"
ADVICE = "CloudFormation's reason is above; what it had begun it has rolled back."
BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"


@dataclass(frozen=True)
class Target:
    """Where to, and by which settings of samconfig.toml."""

    # Makes a boto3 client of a service.
    client: Callable
    config: str
    stack: str
    region: str
    # The caller's environment, with the credentials.
    env: dict[str, str]
    template: Path = BUILT
    logs: Path = field(default=LOCAL / "logs")
    # Whether SAM has the terminal to itself, to ask where samconfig.toml wants that; or else a log.
    show: bool = True


def deploy(target: Target, parameters: dict[str, str], panel_url: Callable[[dict[str, str]], str]) -> dict[str, str]:
    """Brings the stack to the template and its parameters; returns its outputs.

    Parameters that are not named keep their value. The panel's address is known only when the API exists, so a stack without one is
    deployed a second time: that lets people sign in there, and protects the tables of `prod`.
    """
    _sam_deploy(target, parameters, f"Deploying the stack {target.stack} (sam deploy)")
    described = describe(target)
    if not described or "UserPoolId" not in described["outputs"]:
        raise Failed("Nothing was deployed.")
    if not described["parameters"].get("PanelUrl"):
        address = panel_url(described["outputs"])
        _sam_deploy(target, {**parameters, "PanelUrl": address}, f"Letting people sign in at {address} (sam deploy)", again=True)
    return described["outputs"]


def _sam_deploy(target: Target, parameters: dict[str, str], title: str, *, again: bool = False) -> None:
    command = [sam(), "deploy", "--config-env", target.config, "--config-file", str(ROOT / "samconfig.toml")]
    command += ["--template-file", str(target.template), "--stack-name", target.stack, "--region", target.region]
    if again or not target.show:
        command.append("--no-confirm-changeset")
    if overrides := {**configured(target.config), **parameters}:
        command += ["--parameter-overrides", " ".join(f"{name}={shlex.quote(value)}" for name, value in overrides.items())]
    env = sam_environment(target.env)
    with step(title):
        if not target.show:
            run(command, log=target.logs / "deploy.log", advice=ADVICE, env=env, cwd=ROOT)
        elif subprocess.run(command, env=env, cwd=ROOT).returncode:
            raise Failed(ADVICE)


def configured(config: str) -> dict[str, str]:
    """The parameters that samconfig.toml has for an environment, which those of the command line would replace."""
    settings = tomllib.loads((ROOT / "samconfig.toml").read_text())[config]["deploy"]["parameters"]
    return dict(pair.split("=", 1) for pair in shlex.split(settings.get("parameter_overrides", "")))


def describe(target: Target) -> dict | None:
    """Outputs and parameters of the stack by name; none if there is no such stack."""
    cloudformation = target.client("cloudformation")
    try:
        [stack] = cloudformation.describe_stacks(StackName=target.stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return {
        "outputs": {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
        "parameters": {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])},
        "status": stack["StackStatus"],
    }


def has_admin(cognito, pool: str) -> bool:
    return bool(cognito.list_users_in_group(UserPoolId=pool, GroupName=ADMINS, Limit=1)["Users"])


def create_admin(cognito, pool: str, name: str, address: str) -> str:
    """Creates a super admin; returns the temporary password, which the first sign-in replaces."""
    password = create_user(cognito, pool, name, address)
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=ADMINS)
    return password


def create_user(cognito, pool: str, name: str, address: str) -> str:
    """Creates a user, who is told by whoever created them; returns the temporary password."""
    password = f"Zw1-{secrets.token_urlsafe(18)}"
    cognito.admin_create_user(
        UserPoolId=pool,
        Username=name,
        TemporaryPassword=password,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": address}, {"Name": "email_verified", "Value": "true"}],
    )
    return password
