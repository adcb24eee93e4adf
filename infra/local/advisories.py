"""Known vulnerabilities of what the product consists of and what builds it: crates, the panel's packages, Python tools. Needs the internet."""

import subprocess

import toolbox
import web
from console import Failed, step
from settings import ROOT


def check_advisories() -> None:
    """All three, whatever the others find."""
    web.install()
    python = str(toolbox.environment("audit") / "bin" / "pip-audit")
    checks = {
        "crates (cargo deny)": ([str(toolbox.cargo_deny()), "--locked", "check", "advisories"], ROOT),
        "packages of the panel (npm audit)": (["npm", "audit"], web.WEB),
        "Python tools (pip-audit)": ([python, "--require-hashes", "--disable-pip", *_requirements()], ROOT),
    }
    failed = []
    for name, (command, place) in checks.items():
        with step(f"Advisories: {name}"):
            if subprocess.run(command, cwd=place).returncode != 0:
                failed.append(name)
    if failed:
        raise Failed(f"Look at {', '.join(failed)}. The output above names what is affected and the version that is not.")


def _requirements() -> list[str]:
    files = sorted((ROOT / "infra" / "local").glob("requirements-*.txt"))
    return [argument for file in files for argument in ("--requirement", str(file))]
