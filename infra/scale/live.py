"""A fleet under way, in compressed time: an hour by the schedule, a sync of all, an outage; and what became of every job.

Time is compressed by what wakes the schedule: its events are 300 / COMPRESSION seconds apart and each is five minutes later than the one
before. Customers become due by those event times, so an hour passes in 60 / COMPRESSION minutes, and N customers load workers and the token
budget as N * COMPRESSION would in a real hour. Tokens live as much shorter, so that, as in a real hour, no sync finds one that still lives.

What is not compressed, because functions and queues go by the clock: the slots of the token budget, pauses after failures, waits that
Zuora asks for, time-outs, the sweeper's patience. A compressed outage therefore meets fewer attempts of each job than a real one of ten
minutes; `--outage 600` makes it real.
"""

import collections
import itertools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from console import say

from .deployed import Deployed, ask, pages, task
from .stored import OPEN, customers_in, jobs_of, token_slots
from .workers import Workers

TICK = timedelta(minutes=5)
HOUR = timedelta(hours=1)
UNLIMITED = {"TOKEN_REQUESTS_PER_MINUTE": "1000000", "REQUESTS_PER_MINUTE": "1000000"}
# The tenants that are broken, and how; all others are sound.
BROKEN = ("hangs", "429", "refuses")
# A drain that takes longer has failed.
PATIENCE = 1500


@dataclass
class Fleet:
    """Customers by their tenant's name."""

    ids: dict[str, str] = field(default_factory=dict)

    def sound(self) -> set[str]:
        return {id for name, id in self.ids.items() if name not in BROKEN}

    def name(self, id: str) -> str:
        return next((name for name, known in self.ids.items() if known == id), id)


def run(deployed: Deployed, customers: int, workflows: int, compression: float, outage: float) -> list[str]:
    """Runs all of it, and returns what went wrong."""
    names = [*BROKEN, *(f"tenant-{n:04}" for n in range(customers - len(BROKEN)))]
    fleet, wrong = Fleet(), []
    say(
        f"\n{customers} customers with {workflows} workflows each; an hour in {60 / compression:.1f} minutes: "
        f"as {customers * compression:,.0f} customers in a real hour"
    )
    with (
        Phase(deployed, fleet, wrong, "onboarding: created at once, no latency, no token budget"),
        Workers(deployed, **UNLIMITED),
    ):
        _create(deployed, fleet, names, workflows)
        drain(deployed, set())
    for seed, name in enumerate(names):
        conditions = {"median_ms": 400, "p99_ms": 4000, "error_rate": 0.01, "seed": seed}
        deployed.zuora("PUT", f"tenants/{name}/conditions", conditions)
        deployed.zuora("PUT", f"tenants/{name}/token_lifetime", {"seconds": max(1, int(3600 / compression))})
        deployed.zuora("DELETE", f"tenants/{name}/tokens")
    _break(deployed)
    with Workers(deployed) as workers, deployed.function("schedule") as schedule:
        clock = Clock(deployed, schedule, workers, compression)
        with Phase(deployed, fleet, wrong, "an hour by the schedule") as phase:
            phase.expect_due(clock.pass_time(HOUR, _next_syncs(deployed)))
            phase.drained(drain(deployed, fleet.sound(), clock))
        with Phase(deployed, fleet, wrong, "sync of all customers") as phase:
            phase.expect(collections.Counter(fleet.sound()))
            _sync_all(deployed, clock)
            phase.drained(drain(deployed, fleet.sound(), clock))
        with Phase(deployed, fleet, wrong, f"ten minutes without Zuora, in {outage:.0f} s") as phase:
            due = _next_syncs(deployed)
            deployed.zuora("POST", "faults", {"times": None, "effect": {"respond": {"status": 503}}})
            began = time.monotonic()
            phase.expect_due(clock.pass_time(2 * TICK, due))
            time.sleep(max(0.0, began + outage - time.monotonic()))
            deployed.zuora("DELETE", "faults")
            phase.drained(drain(deployed, fleet.sound(), clock))
        peak = schedule.peak()
    busiest = max(workers.peaks)
    say(f"\nMemory at its peak: sync {busiest:.0f} MB, schedule {peak:.0f} MB (debug binaries)")
    if workers.failed:
        wrong.append(f"{workers.failed} messages were not acknowledged")
    return wrong


class Clock:
    """The schedule's time, which advances by five minutes at each event."""

    def __init__(self, deployed: Deployed, schedule, workers: Workers, compression: float) -> None:
        self.deployed, self.schedule, self.workers = deployed, schedule, workers
        self.every = TICK.total_seconds() / compression
        now = datetime.now(UTC)
        self.at = now.replace(second=0, microsecond=0) - timedelta(minutes=now.minute % 5)
        self._swept = self._served = time.monotonic()

    def pass_time(self, span: timedelta, due: dict[str, datetime]) -> collections.Counter:
        """Lets the schedule pass a time; how often each customer became due in it."""
        began, expected = time.monotonic(), collections.Counter()
        for number in range(span // TICK):
            time.sleep(max(0.0, began + number * self.every - time.monotonic()))
            self.at += TICK
            for id, at in due.items():
                if at <= self.at:
                    expected[id] += 1
                    due[id] = at + HOUR * ((self.at - at) // HOUR + 1)
            task(self.schedule, "schedule", self.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            self.look_at_times()
        time.sleep(max(0.0, began + span // TICK * self.every - time.monotonic()))
        return expected

    def look_at_times(self) -> None:
        """Sweeps and rounds of a batch go by the real clock; they are asked for more often than the rules would."""
        self.workers.check()
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if time.monotonic() - self._swept > 60:
            self._swept = time.monotonic()
            task(self.schedule, "sweep", now)
        if time.monotonic() - self._served > 5:
            self._served = time.monotonic()
            task(self.schedule, "batch", now)


class Phase:
    """One part of the run: what was expected, and what came of it."""

    def __init__(self, deployed: Deployed, fleet: Fleet, wrong: list[str], title: str) -> None:
        self.deployed, self.fleet, self.wrong, self.title = deployed, fleet, wrong, title
        self.expected: collections.Counter = collections.Counter()
        self.drain: float | None = None

    def __enter__(self) -> "Phase":
        self.deployed.reset()
        self.since = datetime.now(UTC)
        return self

    def expect(self, syncs: collections.Counter) -> None:
        """How many jobs each sound customer must get."""
        self.expected = syncs

    def expect_due(self, due: collections.Counter) -> None:
        self.expect(collections.Counter({id: count for id, count in due.items() if id in self.fleet.sound()}))

    def drained(self, seconds: float) -> None:
        self.drain = seconds

    def __exit__(self, kind, *_) -> None:
        if kind:
            return
        took = (datetime.now(UTC) - self.since).total_seconds()
        counted = self.deployed.counted()
        jobs = [job for job in jobs_of(self.deployed) if _time(job["created_at"]) >= self.since]
        sound = [job for job in jobs if job["customer_id"] in self.fleet.sound()]
        say(f"\n{self.title}: {took:.0f} s" + ("" if self.drain is None else f", drained {self.drain:.0f} s after"))
        self._show_states(jobs)
        self._show_delays([job for job in sound if job.get("finished_at")])
        if self.expected:
            self._judge(sound)
        self._show_tokens()
        for name, counts in counted.items():
            calls = ", ".join(f"{operation} {count}" for operation, count in counts["calls"].items())
            say(
                f"  {name}: {sum(counts['calls'].values()):,} calls ({calls}), "
                f"{counts['read_units']:,.0f} read and {counts['write_units']:,.0f} write units"
            )

    def _show_states(self, jobs: list[dict]) -> None:
        states = collections.Counter(job["state"] for job in jobs)
        say(f"  {len(jobs)} jobs: " + ", ".join(f"{count} {state}" for state, count in states.most_common()))
        for job in jobs:
            if job["customer_id"] not in self.fleet.sound() or job["state"] != "succeeded":
                error = job.get("error") or {}
                say(
                    f"    {self.fleet.name(job['customer_id'])}: {job['state']}, {job['attempts']} attempts, "
                    f"{error.get('class', '')} {error.get('message', '')[:110]}"
                )

    def _show_delays(self, jobs: list[dict]) -> None:
        for what, ends in (("waited for a worker", "started_at"), ("asked for until done", "finished_at")):
            seconds = sorted((_time(job[ends]) - _time(job["created_at"])).total_seconds() for job in jobs)
            if seconds:
                p50, p95 = (seconds[int((len(seconds) - 1) * share)] for share in (0.5, 0.95))
                say(f"  {what}: p50 {p50:.1f} s, p95 {p95:.1f} s, longest {seconds[-1]:.1f} s")

    def _judge(self, sound: list[dict]) -> None:
        got = collections.Counter(job["customer_id"] for job in sound)
        lost = (self.expected - got).total()
        lost += sum(job["state"] in OPEN or (job.get("error") or {}).get("class") == "lost" for job in sound)
        doubled = (got - self.expected).total() + overlaps(sound)
        dead = sum(job["state"] == "failed" for job in sound)
        say(f"  {self.expected.total()} syncs of sound customers were due: {lost} lost, {doubled} doubled, {dead} dead-lettered")
        for count, what in ((lost, "lost"), (doubled, "doubled"), (dead, "dead-lettered though sound")):
            if count:
                self.wrong.append(f"{self.title}: {count} {what}")

    def _show_tokens(self) -> None:
        slots = token_slots(self.deployed)
        taken = [count for second, count in slots.items() if second >= self.since.timestamp()]
        if taken:
            say(f"  tokens: {sum(taken)} in {len(taken)} slots of ten seconds, {max(taken)} in the fullest")


def _create(deployed: Deployed, fleet: Fleet, names: list[str], workflows: int) -> None:
    with deployed.function("customers", **UNLIMITED) as function:
        for name in names:
            tenant = deployed.zuora("POST", "tenants", {"name": name, "workflows": workflows})
            body = {"name": name, "zuora_base_url": deployed.stack.simulator_url, "sync_frequency": "hourly", "verify": False}
            body |= {"zuora_client_id": tenant["client_id"], "zuora_client_secret": tenant["client_secret"]}
            fleet.ids[name] = ask(function, "customers/create", body=body)[1]["id"]


def _break(deployed: Deployed) -> None:
    hangs = {"times": None, "delay_ms": 3_600_000}
    reasons = [{"code": 70, "message": "API rate limit exceeded"}]
    limit = {"respond": {"status": 429, "headers": {"Retry-After": "30"}, "body": {"reasons": reasons}}}
    deployed.zuora("POST", "tenants/hangs/faults", hangs)
    deployed.zuora("POST", "tenants/429/faults", {"on": {"route": "list"}, "times": None, "effect": limit})
    deployed.zuora("PUT", "tenants/refuses/secret", {"client_secret": token_hex(16)})


def _sync_all(deployed: Deployed, clock: Clock) -> None:
    """Asks for a sync of all, and waits until each customer was asked for."""
    began = time.monotonic()
    with deployed.function("customers") as function:
        seconds, batch = ask(function, "customers/sync-all")
        say(f"\nPOST /v1/sync answered after {seconds:.1f} s: {batch}")
        while not batch.get("finished_at") and time.monotonic() - began < PATIENCE:
            time.sleep(1)
            clock.look_at_times()
            batch = ask(function, "customers/batch", ids={"batch_id": batch["batch_id"]})[1]
    say(f"The batch was served after {time.monotonic() - began:.0f} s: {batch}")


def _next_syncs(deployed: Deployed) -> dict[str, datetime]:
    with deployed.function("customers", **UNLIMITED) as function:
        _, customers = pages(function, "customers/list", query={"limit": "200"})
    return {customer["id"]: _time(customer["next_sync_at"]) for customer in customers if customer.get("next_sync_at")}


def drain(deployed: Deployed, sound: set[str], clock: Clock | None = None) -> float:
    """Waits until no job of these customers is under way; of all customers if none are named. Seconds that it took."""
    began = time.monotonic()
    while open := [customer for state in OPEN for customer in customers_in(deployed, state) if not sound or customer in sound]:
        if time.monotonic() - began > PATIENCE:
            say(f"  not drained after {PATIENCE} s: {len(open)} jobs are left")
            break
        if clock:
            clock.look_at_times()
        time.sleep(0.5)
    return time.monotonic() - began


def overlaps(jobs: list[dict]) -> int:
    """Runs of one customer that were under way at the same time."""
    runs = collections.defaultdict(list)
    for job in jobs:
        runs[job["customer_id"]] += [(run["started_at"], run["ended_at"]) for run in job.get("runs", [])]
    return sum(earlier[1] > later[0] for ordered in map(sorted, runs.values()) for earlier, later in itertools.pairwise(ordered))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
