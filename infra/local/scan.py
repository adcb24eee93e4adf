"""What neither a build nor a stack is needed for: the template's form, what comes in from outside, what must not get out."""

import json
import logging
import os
import subprocess
from pathlib import Path

import toolbox
from console import Failed, check_by, run, step
from settings import LOCAL, ROOT, TEMPLATE

HERE = Path(__file__).resolve().parent
BASELINE = ROOT / ".secrets.baseline"
# Where the template must be deployable: old and new regions, one of each kind of offer.
REGIONS = [
    "us-east-1",
    "us-west-2",
    "eu-central-1",
    "eu-west-1",
    "eu-north-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ca-central-1",
]
# Placeholders that would fill the baseline: in events/ a sample token, paths and ids; the emulator's credentials. In tests/stored/
# hashes and packed definitions, which are written without ciphertexts.
NOT_SECRET = [
    ("--exclude-files", r"(^|/)(Cargo\.lock|package-lock\.json|\.secrets\.baseline)$|^tests/stored/"),
    ("--exclude-secrets", r"^(test|a1b2c3d4e5|/(dev/)?v1/.*|eyJraWQiOiJFWEFNUExFIn0\..*)$"),
]


def check_template() -> None:
    """The template as it is written, and as CloudFormation gets it."""
    environment = _environment()
    advice = "cfn-lint's rule above says what is wrong."
    with step("Template (sam validate --lint)"):
        run(
            [toolbox.sam(), "validate", "--lint", "--template-file", str(TEMPLATE)],
            log=LOCAL / "logs" / "validate.log",
            advice=advice,
            env=environment,
            cwd=ROOT,
        )
    expanded = _expanded()
    with step("Template as SAM expands it (cfn-lint)"):
        linter = toolbox.environment("sam") / "bin" / "cfn-lint"
        run(
            [str(linter), "--regions", *REGIONS, "--", str(expanded)],
            log=LOCAL / "logs" / "cfn-lint.log",
            advice=advice,
            env=environment,
            cwd=ROOT,
        )


def check_security() -> None:
    """The expanded template, seen by a scanner that takes half a minute to install."""
    expanded = _expanded()
    scanner = toolbox.environment("checkov") / "bin" / "checkov"
    with step("Template's security (checkov)"):
        run(
            [str(scanner), "--config-file", str(HERE / "checkov.yaml"), "--file", str(expanded)],
            log=LOCAL / "logs" / "checkov.log",
            advice="Mend it, or say in infra/local/checkov.yaml why it is right.",
            # What it would ask of its maker's service stays unasked.
            env={**_environment(), "BC_SKIP_MAPPING": "TRUE"},
            cwd=ROOT,
        )


def _environment() -> dict[str, str]:
    return toolbox.sam_environment(dict(os.environ, AWS_DEFAULT_REGION="us-east-1"))


def _expanded() -> Path:
    """What SAM makes of the template, as a file."""
    from samcli.yamlhelper import yaml_parse
    from samtranslator.translator.managed_policy_translator import ManagedPolicyLoader
    from samtranslator.translator.transform import transform

    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    # It warns of a feature toggle that only AWS itself has.
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    template = yaml_parse(TEMPLATE.read_text())
    # Where `sam deploy` would have put the code.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/package.zip"
    expanded = LOCAL / "expanded.json"
    expanded.write_text(json.dumps(transform(template, {}, ManagedPolicyLoader(None)), indent=1))
    return expanded


def check_dependencies() -> None:
    """None that nothing uses, and deny.toml: licences, one of everything, one TLS stack, nothing from outside the registry."""
    check_by("local/unused.py", title="Dependencies that nothing uses", advice="Take it out of that Cargo.toml.")
    with step("Dependencies (cargo deny)"):
        run(
            [str(toolbox.cargo_deny()), "--locked", "check", "licenses", "bans", "sources"],
            log=LOCAL / "logs" / "deny.log",
            advice="deny.toml says what may come in and why.",
            cwd=ROOT,
        )


def check_secrets() -> None:
    """Nothing in the tree looks like a secret but what the baseline names as harmless."""
    with step("Secrets in the tree (detect-secrets)"):
        known = _places(json.loads(BASELINE.read_text()))
        if new := _places(_scan()) - known:
            lines = "\n".join(f"  {name}: {kind}" for name, kind, _ in sorted(new))
            raise Failed(f"This looks like a secret:\n{lines}\nIf it is none, `make secrets` names it in {BASELINE.name}.")


def write_baseline() -> None:
    """Names everything that looks like a secret now as harmless; who reviews the change sees what was added."""
    BASELINE.write_text(json.dumps(_scan(), indent=1) + "\n")


def _scan() -> dict:
    tool = toolbox.environment("scan") / "bin" / "detect-secrets"
    # Slim: without what would differ with every edit.
    command = [str(tool), "scan", "--slim", "--no-verify", *(text for option in NOT_SECRET for text in option), *_tree()]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _places(found: dict) -> set[tuple[str, str, str]]:
    """File, kind and hash of everything found."""
    secrets = ((name, secret) for name, secrets in found["results"].items() for secret in secrets)
    return {(name, secret["type"], secret["hashed_secret"]) for name, secret in secrets}


def _tree() -> list[str]:
    """The files of the checkout, new ones included, without what git ignores."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]
