"""Functions of two versions that share everything else: each event goes to one of them, as it does while a deployment replaces them."""

import collections
import json
import threading
from pathlib import Path
from random import Random

from chaos.mortal import Mortal, Mortals
from console import Failed
from events import api_event
from function import Ended
from scale.deployed import BINARIES, Deployed

from .older import FUNCTIONS

OLD, NEW = "old", "new"
# What a function says of a record that it leaves out: shared/src/aws/items.rs.
UNREADABLE = "a record cannot be read"


class Versions:
    """Both versions of every function, their logs, and who gets the next event."""

    def __init__(self, deployed: Deployed, logs: Path, older: Path, rng: Random, **variables: str) -> None:
        """`older` has the programs of the older version; all get these variables."""
        self.logs = logs
        # The share of events that go to the new version.
        self.share = 0.0
        self.invocations: collections.Counter = collections.Counter()
        self._rng, self._lock = rng, threading.Lock()
        binaries = {OLD: older, NEW: BINARIES}
        self._mortals = {version: Mortals(deployed, logs / version, binaries[version], **variables) for version in binaries}
        self._jobs: dict[str, set[str]] = collections.defaultdict(set)

    def check_start(self) -> None:
        """Fails with what a function says that does not start, such as of a variable that it lacks."""
        for version, mortals in self._mortals.items():
            for name in FUNCTIONS:
                with mortals.process(name, {}) as process:
                    try:
                        # Whatever it says to this, it has started then.
                        process.invoke({} if name in ("schedule", "sync") else api_event("customers/health"))
                    except Ended:
                        said = (mortals.logs / f"{name}.log").read_text(errors="replace")[-2000:]
                        raise Failed(f"The {version} function {name} does not start here:\n{said}") from None

    def start(self, name: str) -> "Either":
        return Either(self, {version: mortals.start(name) for version, mortals in self._mortals.items()})

    def choose(self, event: dict) -> str:
        """The version that gets this event."""
        with self._lock:
            version = NEW if self._rng.random() < self.share else OLD
            self.invocations[version] += 1
            for record in event.get("Records", []):
                self._jobs[json.loads(record["body"]).get("job_id", "")].add(version)
        return version

    def shared_jobs(self) -> tuple[int, int]:
        """How many jobs had messages, and how many of these went to both."""
        return len(self._jobs), sum(len(versions) > 1 for versions in self._jobs.values())

    def unreadable(self, version: str) -> int:
        """How many records a version has left out."""
        return sum(log.read_text(errors="replace").count(UNREADABLE) for log in (self.logs / version).glob("*.log"))

    def deaths(self, version: str) -> int:
        """How many events found that their function was gone, or died of them."""
        return self._mortals[version].deaths


class Either:
    """One function in both versions, each a process of its own."""

    def __init__(self, versions: Versions, functions: dict[str, Mortal]) -> None:
        self._versions, self._functions = versions, functions

    def __enter__(self) -> "Either":
        return self

    def __exit__(self, *_) -> None:
        for function in self._functions.values():
            function.__exit__()

    def invoke(self, event: dict) -> tuple[float, bytes]:
        return self._functions[self._versions.choose(event)].invoke(event)

    def peak(self) -> float:
        return max(function.peak() for function in self._functions.values())
