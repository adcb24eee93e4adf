"""The functions of an older commit, built beside those of this tree."""

import os
import subprocess
from pathlib import Path

from build import LINTING
from console import Failed, run, step
from settings import LOCAL, ROOT

# The commit, or the tag, that the version before this tree's was released as; after a release it is that one: see CONTRIBUTING.md.
RELEASED = "0ca0eb3b"
# Those that share tables and queues. What only reads a stream, or serves files, has nobody beside it.
FUNCTIONS = ("customers", "workflows", "jobs", "sync", "schedule")


def build(commit: str) -> Path:
    """Builds the functions as they were; returns the folder of their programs."""
    full = _find(commit)
    home = LOCAL / "older" / full[:12]
    _extract(full, home / "tree")
    environment = {name: value for name, value in os.environ.items() if name not in LINTING}
    environment |= {"CARGO_TARGET_DIR": str(home / "target"), "CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "0"}
    packages = [argument for name in FUNCTIONS for argument in ("-p", name)]
    with step(f"Building the functions of {full[:12]} (the first time takes some minutes)"):
        run(
            ["cargo", "build", "--locked", "--bins", *packages],
            log=LOCAL / "logs" / "older.log",
            advice="It was built when it was released: is the toolchain of its rust-toolchain.toml there?",
            env=environment,
            cwd=home / "tree",
        )
    return home / "target" / "debug"


def _find(commit: str) -> str:
    """Its full hash."""
    found = _git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    is_shallow = _git("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    advice = "This clone has a part of the history only: `git fetch --unshallow --tags`." if is_shallow else "`git fetch --tags`?"
    raise Failed(f"There is no commit {commit} here, whose functions the upgrade needs. {advice} OLD=<commit> names another.")


def _extract(commit: str, tree: Path) -> None:
    """Puts the commit's files there; appears whole or not at all. A checkout would leave its traces in the repository."""
    if tree.exists():
        return
    draft = tree.with_suffix(".draft")
    draft.mkdir(parents=True, exist_ok=True)
    archive = _git("archive", commit)
    if archive.returncode != 0:
        raise Failed(f"git archive {commit}: {archive.stderr.decode(errors='replace')}")
    # cargo compares times of files with those of its own.
    subprocess.run(["tar", "-xmf", "-", "-C", str(draft)], input=archive.stdout, check=True)
    os.replace(draft, tree)


def _git(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True)
