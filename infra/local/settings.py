"""Where things are and which ports they use. The only place that reads the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
TEMPLATE = ROOT / "infra" / "template.yaml"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
REGION = "us-east-1"
FUNCTIONS = ("customers", "workflows", "jobs", "sync", "schedule", "relay", "panel")


@dataclass(frozen=True)
class Port:
    """A port and the environment variable that changes it."""

    variable: str
    number: int

    @staticmethod
    def read(variable: str, default: int) -> "Port":
        text = os.environ.get(variable) or str(default)
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise SystemExit(f"{variable} must be a port number, not {text!r}.")
        return Port(variable, int(text))


@dataclass(frozen=True)
class Stack:
    """One local stack: `make run` and `make test` each have their own, side by side."""

    name: str
    home: Path
    stack_file: Path
    emulator: Port
    simulator: Port
    # Parameters of the template beside those of samconfig.toml.
    parameters: str = ""
    # The proxy that lets AWS fail, where tests need one.
    faults: Port | None = None
    simulator_program: Path = TARGET / "debug" / "zuora-simulator"

    @property
    def emulator_url(self) -> str:
        return f"http://127.0.0.1:{self.emulator.number}"

    @property
    def simulator_url(self) -> str:
        return f"http://127.0.0.1:{self.simulator.number}"

    @property
    def listed_hosts(self) -> str:
        """In the place of Zuora's data centers: the simulator under two names, and an address where nobody listens."""
        return ",".join([self.simulator_url, f"http://localhost:{self.simulator.number}", "http://127.0.0.1:1"])

    @property
    def ports(self) -> list[Port]:
        return [port for port in (self.emulator, self.simulator, self.faults) if port]

    @property
    def processes_file(self) -> Path:
        return self.home / "processes.json"

    @property
    def used_rights(self) -> Path:
        """What the emulator notes of the rights that sessions used."""
        return self.home / "used-rights.txt"

    def aws_environment(self) -> dict[str, str]:
        """The caller's environment, pointed at the emulator and at nothing else."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        env.update(
            AWS_ENDPOINT_URL=self.emulator_url,
            AWS_ACCESS_KEY_ID="test",
            AWS_SECRET_ACCESS_KEY="test",
            AWS_REGION=REGION,
            AWS_DEFAULT_REGION=REGION,
            AWS_CONFIG_FILE=os.devnull,
            AWS_SHARED_CREDENTIALS_FILE=os.devnull,
            AWS_EC2_METADATA_DISABLED="true",
            NO_PROXY="127.0.0.1,localhost",
            no_proxy="127.0.0.1,localhost",
        )
        return env


def run_stack() -> Stack:
    """The stack of `make run`."""
    return Stack(
        "zwm-local",
        LOCAL / "run",
        LOCAL / "stack.json",
        Port.read("ZWM_EMULATOR_PORT", 4566),
        Port.read("ZWM_SIMULATOR_PORT", 8089),
    )


def test_stack() -> Stack:
    """The stack of `make test`."""
    return Stack(
        "zwm-test",
        LOCAL / "test",
        LOCAL / "test" / "stack.json",
        Port.read("ZWM_TEST_EMULATOR_PORT", 4570),
        Port.read("ZWM_TEST_SIMULATOR_PORT", 8091),
        # Every test has simulators of its own: together they ask for more tokens than one address may ask of Zuora.
        parameters="TokenRequestsPerMinute=5000 RequestsPerMinute=5000 ApiRequestsPerSecond=5000 ApiBurst=5000 Digest=daily",
        faults=Port.read("ZWM_TEST_FAULTS_PORT", 4571),
    )
