"""What is looked at while everything happens: two open syncs of one customer, and the memory of processes that live long."""

import collections
import time
from pathlib import Path
from random import Random

from scale.deployed import Deployed
from scale.stored import OPEN, jobs_in

from .mortal import Mortals

# A process may have grown by a quarter between the first third of the time and the last, and by what one large answer takes.
SHARE, MEGABYTES = 1.25, 8.0


class Watch:
    """What was seen so far."""

    def __init__(self, deployed: Deployed, mortals: Mortals | None = None) -> None:
        """Without mortals, memory is not looked at."""
        self._deployed, self._mortals = deployed, mortals
        self._began = time.monotonic()
        # Seconds and megabytes, by function.
        self._memory: dict[str, list[tuple[float, float]]] = collections.defaultdict(list)
        self.doubled: set[str] = set()

    def look_at_memory(self, _: Random) -> None:
        for mortal in self._mortals.spared() if self._mortals else ():
            if megabytes := _resident(mortal.function.pid):
                self._memory[mortal.name].append((time.monotonic() - self._began, megabytes))

    def look_for_doubled(self, _: Random) -> None:
        """States are read one after the other, so what looks doubled is read again."""
        open = {job["id"]: job for state in OPEN for job in jobs_in(self._deployed, state) if job["kind"] == "sync"}
        by_customer = collections.defaultdict(list)
        for job in open.values():
            by_customer[job["customer_id"]].append(job)
        for customer, jobs in by_customer.items():
            if len(jobs) > 1 and all(self._is_open(job) for job in jobs) and all(self._is_open(job) for job in jobs):
                self.doubled.add(f"{customer} had the syncs {', '.join(sorted(job['id'] for job in jobs))} open at a time")

    def _is_open(self, job: dict) -> bool:
        key = {"PK": job["PK"], "SK": job["SK"]}
        return self._deployed.table.get_item(Key=key, ConsistentRead=True).get("Item", {}).get("state") in OPEN

    def memory(self) -> tuple[list[str], list[str]]:
        """What is told of each function, and which have grown."""
        told, grown = [], []
        for name, samples in sorted(self._memory.items()):
            third = samples[-1][0] / 3
            first = max((megabytes for at, megabytes in samples if at <= third), default=0.0)
            last = max(megabytes for at, megabytes in samples if at >= 2 * third)
            told.append(f"{name} {first:.0f} -> {last:.0f} MB")
            if first and last > first * SHARE + MEGABYTES:
                grown.append(f"{name} has grown from {first:.0f} MB to {last:.0f} MB")
        return told, grown


def _resident(pid: int) -> float:
    """In MB as Lambda counts them (of 1,024 KB); 0 where there is no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
