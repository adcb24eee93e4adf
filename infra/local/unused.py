"""Dependencies that no source of their package names, and workspace dependencies that no package asks for.

By itself: `python3 infra/local/unused.py`. A name in a test keeps a dependency: whether it should be one of the tests only is not told.
"""

import re
import sys
import tomllib
from pathlib import Path

from settings import ROOT

KINDS = ("dependencies", "dev-dependencies", "build-dependencies")
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)


def unused() -> list[str]:
    """Every one, as `manifest: name`."""
    workspace = _manifest(ROOT)["workspace"]
    wanted, found = set(), []
    for package in (path for member in workspace["members"] for path in sorted(ROOT.glob(member))):
        manifest, sources = _manifest(package), _sources(package)
        names = {name for kind in KINDS for name in manifest.get(kind, {})}
        wanted |= names
        found += [f"{package.relative_to(ROOT)}/Cargo.toml: {name}" for name in sorted(names) if not _is_named(name, sources)]
    return found + [f"Cargo.toml: {name}" for name in sorted(workspace["dependencies"].keys() - wanted)]


def _manifest(package: Path) -> dict:
    return tomllib.loads((package / "Cargo.toml").read_text())


def _sources(package: Path) -> str:
    return COMMENT.sub("", "\n".join(path.read_text() for path in package.rglob("*.rs")))


def _is_named(name: str, sources: str) -> bool:
    """Whether a path begins with the crate, or it is imported as a whole."""
    crate = re.escape(name.replace("-", "_"))
    return re.search(rf"(?<![\w:]){crate}::|\buse {crate}\b", sources) is not None


if __name__ == "__main__":
    faults = unused()
    print("\n".join(faults) or "Every dependency is named by a source.")
    sys.exit(bool(faults))
