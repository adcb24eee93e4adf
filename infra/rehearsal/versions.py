"""Functions of two versions that share everything else: each event goes to one of them, as it does while a deployment replaces them."""

import collections
import json
import threading
from pathlib import Path
from random import Random

from chaos.mortal import SYNC_SECONDS
from function import Function
from scale.deployed import BINARIES, Deployed

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
        self._deployed, self._variables, self._rng = deployed, variables, rng
        self._binaries = {OLD: older, NEW: BINARIES}
        self._jobs: dict[str, set[str]] = collections.defaultdict(set)
        self._lock = threading.Lock()
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str) -> "Either":
        return Either(self, {version: self._process(name, version) for version in (OLD, NEW)})

    def _process(self, name: str, version: str) -> Function:
        seconds = SYNC_SECONDS if name == "sync" else None
        log = self.logs / f"{name}.{version}.log"
        return self._deployed.function(name, seconds=seconds, log=log, binaries=self._binaries[version], **self._variables)

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
        return sum(log.read_text(errors="replace").count(UNREADABLE) for log in self.logs.glob(f"*.{version}.log"))


class Either:
    """One function in both versions, each a process of its own."""

    def __init__(self, versions: Versions, processes: dict[str, Function]) -> None:
        self._versions, self._processes = versions, processes

    def __enter__(self) -> "Either":
        return self

    def __exit__(self, *_) -> None:
        for process in self._processes.values():
            process.__exit__()

    def invoke(self, event: dict) -> tuple[float, bytes]:
        return self._processes[self._versions.choose(event)].invoke(event)

    def peak(self) -> float:
        return max(process.peak() for process in self._processes.values())
