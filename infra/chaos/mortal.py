"""Functions that may be killed at any moment. As Lambda does, the next event gets a new process, and the one under way an error."""

import json
import threading
from pathlib import Path
from random import Random

from function import Ended, Function
from scale.deployed import BINARIES, Deployed

# What Lambda answers for an invocation whose process is gone.
DIED = json.dumps({"errorType": "Runtime.ExitError", "errorMessage": "Error: Runtime exited with error: signal: killed"}).encode()
# A sync that is killed holds its customer until its time is over: 900 s in Lambda, too long to wait for here. The last 91 s of its time are
# for ending well.
SYNC_SECONDS = 120


class Mortals:
    """All functions of a run, their logs, and what they share: an endpoint that fails, and budgets that hold nobody back."""

    def __init__(self, deployed: Deployed, logs: Path, binaries: Path = BINARIES, **variables: str) -> None:
        self.deployed, self.logs, self.variables = deployed, logs, variables
        self.kills = self.deaths = 0
        self._binaries = binaries
        self._lock = threading.Lock()
        self._all: list[Mortal] = []
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, **overrides: str) -> "Mortal":
        """The first of each name is spared: what grows with time shows in a process that lives long."""
        with self._lock:
            mortal = Mortal(self, name, overrides, spared=all(other.name != name for other in self._all))
            self._all.append(mortal)
        return mortal

    def process(self, name: str, overrides: dict[str, str]) -> Function:
        seconds = SYNC_SECONDS if name == "sync" else None
        log = self.logs / f"{name}.log"
        return self.deployed.function(name, seconds=seconds, log=log, binaries=self._binaries, **self.variables, **overrides)

    def kill_one(self, rng: Random) -> None:
        """Sooner those that work: whoever waits for an event dies unnoticed."""
        with self._lock:
            mortals = [mortal for mortal in self._all if not mortal.spared and not mortal.is_gone]
        if mortals:
            rng.choice([mortal for mortal in mortals if mortal.is_busy] or mortals).kill()
            self.kills += 1

    def spared(self) -> list["Mortal"]:
        with self._lock:
            return [mortal for mortal in self._all if mortal.spared and not mortal.is_gone]


class Mortal:
    """One function; it answers whatever happens to its process."""

    def __init__(self, mortals: Mortals, name: str, overrides: dict[str, str], *, spared: bool) -> None:
        self.mortals, self.name, self.overrides, self.spared = mortals, name, overrides, spared
        self.is_busy = self.is_gone = False
        self.invocations = 0
        self.function = mortals.process(name, overrides)

    def __enter__(self) -> "Mortal":
        return self

    def __exit__(self, *_) -> None:
        self.is_gone = True
        self.function.__exit__()

    def invoke(self, event: dict) -> tuple[float, bytes]:
        if self.function.has_ended:
            self._replace()
        self.invocations += 1
        self.is_busy = True
        try:
            return self.function.invoke(event)
        except Ended:
            self.mortals.deaths += 1
            return 0.0, DIED
        finally:
            self.is_busy = False

    def kill(self) -> None:
        self.function.kill()

    def peak(self) -> float:
        return 0.0 if self.function.has_ended else self.function.peak()

    def _replace(self) -> None:
        self.function.__exit__()
        self.function = self.mortals.process(self.name, self.overrides)
