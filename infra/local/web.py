"""Builds the panel's web files, which are compiled into its function: when their sources changed, and only then."""

import hashlib
import json
import shutil

from console import run, step
from settings import LOCAL, ROOT

WEB = ROOT / "functions" / "panel" / "web"
BUILT = WEB / "dist"
# What the files are made from, here and in the documentation.
SOURCES = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"]
SOURCES += ["markdown.ts", "cloudscape.ts", "budget.ts", "src"]
# The API's description gives the types; help and runbook are pages of the panel.
DOCUMENTS = [ROOT / "docs" / name for name in ("openapi.json", "help.md", "runbook.md")]


def install() -> None:
    """The packages of package-lock.json."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    mark = WEB / "node_modules" / ".installed"
    if mark.exists() and mark.read_text() == lock:
        return
    with step("Installing the panel's packages (npm ci)"):
        run(
            ["npm", "ci", "--no-audit", "--no-fund"],
            log=LOCAL / "logs" / "npm-ci.log",
            advice="The package registry could not deliver; check the network (or npm's registry setting) and run it again.",
            cwd=WEB,
        )
        mark.write_text(lock)


def version(package: str) -> str:
    """The version of a package that is installed."""
    return json.loads((WEB / "node_modules" / package / "package.json").read_text())["version"]


def build_web() -> None:
    """Types from the API's description, type check, bundle."""
    install()
    digest = _digest()
    mark = LOCAL / "web-built"
    if BUILT.joinpath("index.html").exists() and mark.exists() and mark.read_text() == digest:
        return
    with step("Building the panel (tsc, vite)"):
        shutil.rmtree(BUILT, ignore_errors=True)
        run(
            ["npm", "run", "build"],
            log=LOCAL / "logs" / "web.log",
            advice="The compiler's message above says what is wrong.",
            cwd=WEB,
        )
        mark.write_text(digest)


def _digest() -> str:
    files = list(DOCUMENTS)
    for source in (WEB / name for name in SOURCES):
        files += sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    digest = hashlib.sha256()
    for path in files:
        # Made by the build itself.
        if path != WEB / "src" / "api" / "schema.ts":
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
