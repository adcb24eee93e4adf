"""The local AWS emulator, the proxy that lets it fail, and the Zuora simulator: start them and wait until they answer."""

import secrets
import time
import urllib.error
import urllib.request
from pathlib import Path

from console import Failed, step
from processes import Processes
from settings import LOCAL, REGION, Stack

HERE = Path(__file__).resolve().parent


def start_emulator(stack: Stack, processes: Processes) -> None:
    """An emulator with IAM enforced, on loopback only, that keeps everything it writes under the stack's folder."""
    scratch = stack.home / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    env = stack.aws_environment()
    env.update(
        GATEWAY_PORT=str(stack.emulator.number),
        MINISTACK_REGION=REGION,
        # It listens on every address and takes port 8883 (IoT) otherwise.
        BIND_HOST="127.0.0.1",
        IOT_MTLS_ENABLED="false",
        AUTH="true",
        # Queue URLs carry this name; by number it needs no resolver and never means ::1.
        MINISTACK_HOST="127.0.0.1",
        PYTHONPATH=str(HERE / "emulator_site"),
        TMPDIR=str(scratch),
        STATE_DIR=str(stack.home / "state"),
        S3_DATA_DIR=str(stack.home / "s3"),
        DOCKER_HOST="unix:///nonexistent",
        # Lambda sets this for LogFormat: JSON; the emulator does not.
        AWS_LAMBDA_LOG_FORMAT="JSON",
        ZWM_USED_RIGHTS=str(stack.used_rights),
    )
    log = stack.home / "emulator.log"
    with step(f"Starting the AWS emulator on {stack.emulator_url} (IAM enforced)"):
        processes.start("emulator", [str(LOCAL / "venv" / "emulator" / "bin" / "ministack")], env, log)
        _wait(f"{stack.emulator_url}/_ministack/health", processes, log)


def start_faults(stack: Stack, processes: Processes, port: int) -> str:
    """A proxy before the emulator that fails as AWS fails when a test scripts it. Returns its URL."""
    url = f"http://127.0.0.1:{port}"
    command = [str(LOCAL / "venv" / "faults" / "bin" / "microburst"), "--upstream", stack.emulator_url, "--port", str(port)]
    log = stack.home / "faults.log"
    with step(f"Starting the proxy for AWS faults on {url}"):
        processes.start("faults", command, stack.aws_environment(), log)
        _wait(f"{url}/_microburst/health", processes, log)
    return url


def start_simulator(stack: Stack, processes: Processes, workflows: int) -> tuple[str, str]:
    """A Zuora with one tenant. Returns its client id and secret."""
    client_id, client_secret = f"demo-{secrets.token_hex(8)}", secrets.token_urlsafe(24)
    # Through the environment, because arguments show in the list of processes.
    env = stack.aws_environment()
    env.update(
        ZUORA_SIMULATOR_ADDR=f"127.0.0.1:{stack.simulator.number}",
        ZUORA_SIMULATOR_CLIENT_ID=client_id,
        ZUORA_SIMULATOR_CLIENT_SECRET=client_secret,
        ZUORA_SIMULATOR_WORKFLOWS=str(workflows),
    )
    log = stack.home / "simulator.log"
    with step(f"Starting the Zuora simulator on {stack.simulator_url} with {workflows} workflows"):
        processes.start("simulator", [str(stack.simulator_program)], env, log)
        _wait(f"{stack.simulator_url}/_simulator/tenants", processes, log)
    return client_id, client_secret


def _wait(url: str, processes: Processes, log, seconds: float = 30) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + seconds
    while True:
        try:
            with opener.open(url, timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError as error:
            if processes.dead() or time.monotonic() > end:
                text = log.read_text(errors="replace")[-2000:]
                raise Failed(f"{url} does not answer: {error}\n{text}\nFull log: {log}") from error
            time.sleep(0.1)
