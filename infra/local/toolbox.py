"""The tools: what has to be on the machine, and the pinned ones that live in the checkout only."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from console import Failed, run, step
from settings import LOCAL, ROOT, Port

CARGO_DENY = "0.20.2"
# The environment of the tool that fills all others.
INSTALLER = "uv"
HERE = Path(__file__).resolve().parent


def check_machine() -> None:
    """Fails with a list of what is missing."""
    missing = []
    if sys.version_info < (3, 11):  # noqa: UP036 - what runs it may be older, and is told so here
        missing.append(f"Python 3.11 or newer (this is {sys.version.split()[0]})")
    if not shutil.which("cargo"):
        missing.append("Rust with rustup: https://rustup.rs")
    if not shutil.which("cc"):
        missing.append("a C compiler named cc (Debian: apt install build-essential; macOS: xcode-select --install)")
    if not shutil.which("npm") or _node_version() < (20, 19):
        missing.append("Node.js 20.19 or newer with npm: https://nodejs.org (Debian: apt install nodejs npm)")
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        missing.append("Python's venv module (Debian: apt install python3-venv)")
    if missing:
        raise Failed("Missing on this machine:\n" + "\n".join(f"  - {name}" for name in missing))


def _node_version() -> tuple[int, ...]:
    node = shutil.which("node")
    if not node:
        return (0,)
    text = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    return tuple(int(part) for part in text.strip().lstrip("v").split(".") if part.isdigit())


def check_free(*ports: Port) -> None:
    """Fails when a port is taken, naming the variable that changes it."""
    for port in ports:
        if is_taken(port):
            raise Failed(
                f"Port {port.number} is in use. End what uses it (`make stop`, if it is an earlier stack), "
                f"or choose another: {port.variable}={port.number + 100} make ..."
            )


def is_taken(port: Port) -> bool:
    """True if something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port.number))
        except OSError:
            return True
    return False


def environment(name: str) -> Path:
    """The virtual environment of `requirements-<name>.txt`, which has the hash of every file; installed when it changed."""
    wanted = HERE / f"requirements-{name}.txt"
    place = LOCAL / "venv" / name
    mark = place / "installed"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return place
    installer = _installer(place, name)
    with step(f"Installing the pinned tools of {wanted.relative_to(ROOT)} into {place.relative_to(ROOT)}"):
        shutil.rmtree(place, ignore_errors=True)
        pip = [] if name == INSTALLER else ["--without-pip"]
        subprocess.run([sys.executable, "-m", "venv", *pip, str(place)], check=True)
        run(
            [*installer, "--no-deps", "--require-hashes", "-r", str(wanted)],
            log=LOCAL / "logs" / f"install-{name}.log",
            advice="The package index could not deliver; check the network (or PIP_INDEX_URL) and run it again.",
            env=_as_pip(os.environ),
        )
        mark.write_text(digest)
    return place


def _installer(place: Path, name: str) -> list[str]:
    """pip installs uv, and uv, in a fifth of the time, everything else."""
    if name == INSTALLER:
        return [str(place / "bin" / "pip"), "install", "--disable-pip-version-check"]
    return [str(environment(INSTALLER) / "bin" / "uv"), "pip", "install", "--python", str(place)]


def _as_pip(env: Mapping[str, str]) -> dict[str, str]:
    """The environment in which uv asks the index that pip asks, and trusts the same certificates."""
    same = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "UV_INDEX": "PIP_EXTRA_INDEX_URL", "SSL_CERT_FILE": "PIP_CERT"}
    return {**{uv: env[pip] for uv, pip in same.items() if env.get(pip)}, **env}


def cross_target() -> None:
    """The standard library for Lambda's arm64: rustup adds it by itself only where it may install by itself."""
    with step("Adding the Rust target aarch64-unknown-linux-gnu"):
        run(
            ["rustup", "target", "add", "aarch64-unknown-linux-gnu"],
            log=LOCAL / "logs" / "rustup-target.log",
            advice="Building for AWS needs rustup (https://rustup.rs) and, the first time, its download server.",
            cwd=ROOT,
        )


def cargo_deny() -> Path:
    """cargo-deny, built once: there is no package of it with a current list of licences."""
    place = LOCAL / "tools" / f"cargo-deny-{CARGO_DENY}"
    program = place / "bin" / "cargo-deny"
    if not program.exists():
        with step(f"Building cargo-deny {CARGO_DENY} into {place.relative_to(ROOT)}, this once"):
            run(
                ["cargo", "install", "cargo-deny", "--version", CARGO_DENY, "--locked", "--debug"]
                + ["--no-default-features", "--root", str(place), "--target-dir", str(place / "target")],
                log=LOCAL / "logs" / "install-cargo-deny.log",
                advice="The registry could not deliver, or it did not compile; the log says which.",
                cwd=LOCAL,
            )
            shutil.rmtree(place / "target")
    return program


def sam() -> str:
    """The SAM CLI of the checkout."""
    return str(LOCAL / "venv" / "sam" / "bin" / "sam")


def sam_environment(env: dict[str, str]) -> dict[str, str]:
    """`env`, with the SAM CLI's own files kept in the checkout and nothing reported home."""
    return {**env, "SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(LOCAL / "sam-cli")}


def continue_in_environment(name: str) -> None:
    """Goes on in the Python of that environment, where boto3 is."""
    place = environment(name)
    if Path(sys.prefix).resolve() != place.resolve():
        python = str(place / "bin" / "python")
        os.execv(python, [python, *sys.argv])
