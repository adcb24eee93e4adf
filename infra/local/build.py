"""Builds the workspace once and lays the functions out the way `sam build` would."""

import json
import os
import time
import zipfile
from pathlib import Path

from console import Failed, run, say, step
from settings import FUNCTIONS, LOCAL, ROOT, TARGET, TEMPLATE
from web import build_web

# Lints while compiling, so that what is linted, tested and deployed is one and the same set of artifacts.
LINTING = {"RUSTC_WORKSPACE_WRAPPER": "clippy-driver", "CLIPPY_ARGS": "-Dwarnings__CLIPPY_HACKERY__"}
BINARIES = TARGET / "debug"


def cargo_environment(linting: bool) -> dict[str, str]:
    return {**os.environ, "CARGO_TARGET_DIR": str(TARGET), **(LINTING if linting else {})}


def build(*, all_targets: bool) -> None:
    """The panel's web files, and one cargo call: everything with lints for tests, or the programs only."""
    build_web()
    selection = ["--all-targets"] if all_targets else ["--bins"]
    with step(f"Building the functions and the simulator (cargo build --workspace {selection[0]})"):
        run(
            ["cargo", "build", "--locked", "--workspace", *selection],
            log=LOCAL / "logs" / "build.log",
            advice="The compiler's message above says what is wrong.",
            env=cargo_environment(all_targets),
            cwd=ROOT,
            show=True,
        )


def lay_out(place: Path) -> Path:
    """Writes `template.yaml` and one package a function into `place`; returns the template's path.

    Packages are stored, not compressed: they travel over loopback only.
    """
    from samcli.yamlhelper import yaml_parse

    place.mkdir(parents=True, exist_ok=True)
    template = yaml_parse(TEMPLATE.read_text())
    template["Globals"]["Function"].pop("CodeUri")
    sizes = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            name = resource["Metadata"]["BuildProperties"]["Binary"]
            package = place / f"{name}.zip"
            _pack(BINARIES / name, package)
            resource["Properties"]["CodeUri"] = str(package)
            resource.pop("Metadata")
            if events := resource["Properties"].get("Events"):
                resource["Properties"]["Events"] = _without_any(events)
            sizes.append(f"{name} {package.stat().st_size / 1e6:.1f} MB")
    if len(sizes) != len(FUNCTIONS):
        raise Failed(f"The template has {len(sizes)} functions, settings.py names {len(FUNCTIONS)}.")
    say("           " + ", ".join(sizes))
    built = place / "template.json"
    # JSON is YAML, and spells every intrinsic function out.
    built.write_text(json.dumps(template, indent=1, default=str))
    return built


def _without_any(events: dict) -> dict:
    """`ANY`, which the emulator leaves out of a template, as GET: `deploy.complete` puts `ANY` beside it."""
    method = {name: event["Properties"].get("Method") for name, event in events.items()}
    named = {event["Properties"]["Path"] for name, event in events.items() if method[name] not in (None, "ANY")}
    for name in method:
        if method[name] == "ANY" and events[name]["Properties"]["Path"] not in named:
            events[name]["Properties"]["Method"] = "GET"
    return {name: event for name, event in events.items() if event["Properties"].get("Method") != "ANY"}


def _pack(binary: Path, package: Path) -> None:
    if package.exists() and package.stat().st_mtime >= binary.stat().st_mtime:
        return
    entry = zipfile.ZipInfo("bootstrap", date_time=time.localtime(binary.stat().st_mtime)[:6])
    entry.external_attr = 0o755 << 16
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(entry, binary.read_bytes())
