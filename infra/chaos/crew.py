"""Who works on a stack while something happens to it: workers, admins, people at Zuora, and the schedule in compressed time."""

import contextlib
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from console import say
from scale.deployed import Deployed
from scale.workers import Workers

from . import checks
from .admins import Admin, Fleet
from .api import Api, Book
from .morning import Morning
from .mortal import SYNC_SECONDS, Mortal, Mortals
from .tenants import Tenants
from .trouble import Zuora
from .watch import Watch

UNLIMITED = {"TOKEN_REQUESTS_PER_MINUTE": "1000000", "REQUESTS_PER_MINUTE": "1000000"}
ADMINS = 3
# Above the time of a lock, which ends 30 s after the time of a run: as 960 s are above 930 s in AWS.
VISIBILITY = SYNC_SECONDS + 45
# The schedule's time goes faster: an hour in four minutes.
TICK, COMPRESSION = timedelta(minutes=5), 15
SWEEP, BATCH, LOOK = 30, 5, 1


class Loops:
    """What happens again and again, each on a thread and with a sequence of its own, until the block ends."""

    def __init__(self, seed: int) -> None:
        self._seed, self._ending = seed, threading.Event()
        self._threads: list[threading.Thread] = []
        self.broken: list[str] = []

    def __enter__(self) -> "Loops":
        return self

    def __exit__(self, *_) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def rng(self, name: str) -> Random:
        return Random(f"{self._seed} {name}")

    def repeat(self, name: str, act: Callable[[Random], None], least: float, most: float | None = None) -> None:
        """Acts after pauses between `least` and `most` seconds."""
        thread = threading.Thread(target=self._repeat, args=[name, act, least, most or least], daemon=True)
        self._threads.append(thread)
        thread.start()

    def _repeat(self, name: str, act: Callable[[Random], None], least: float, most: float) -> None:
        rng = self.rng(name)
        while not self._ending.wait(rng.uniform(least, most)):
            try:
                act(rng)
            except Exception as error:
                self.broken.append(f"broken: {name}: {error!r}")


class Clock:
    """Wakes the schedule as the template's rules do; its time goes faster than the clock."""

    def __init__(self, sweeper: Mortal, schedule: Mortal) -> None:
        self._schedule, self._sweeper, self._lock = schedule, sweeper, threading.Lock()
        now = datetime.now(UTC)
        self._at = now.replace(second=0, microsecond=0) - timedelta(minutes=now.minute % 5)

    def tick(self, _: Random) -> None:
        self._at += TICK
        _send(self._schedule, "schedule", self._at)

    def sweep(self, _: Random) -> None:
        with self._lock:
            _send(self._sweeper, "sweep", datetime.now(UTC))

    def batch(self, _: Random) -> None:
        with self._lock:
            _send(self._sweeper, "batch", datetime.now(UTC))


def _send(function: Mortal, task: str, at: datetime) -> None:
    """A task that fails is done by the next event."""
    function.invoke({"task": task, "time": at.strftime("%Y-%m-%dT%H:%M:%SZ")})


@dataclass
class Crew:
    """All of them, once the first customers are there."""

    deployed: Deployed
    tenants: Tenants
    fleet: Fleet
    book: Book
    zuora: Zuora
    workers: Workers
    clock: Clock
    always: Loops
    admins: list[Admin]
    # Of who looks at the end, and acts the morning after.
    api: Api
    watch: Watch

    def work(self, loops: Loops, faults_of_zuora: tuple[float, float]) -> None:
        """Schedule, people and admins work until the loops end, and Zuora fails after pauses between these seconds."""
        loops.repeat("schedule", self.clock.tick, TICK.total_seconds() / COMPRESSION)
        loops.repeat("edits at Zuora", self.tenants.edit, 0.2, 1)
        loops.repeat("faults of Zuora", self.zuora.fail, *faults_of_zuora)
        for number, admin in enumerate(self.admins):
            loops.repeat(f"admin {number}", admin.act, 0.3, 2)

    def end(self, drain: float, logs: Path) -> list[str]:
        """Lets all come to its end, and returns what is wrong then."""
        wrong = Morning(self.deployed, self.api, self.fleet.customers(), drain).pass_by()
        self.workers.check()
        wrong += self.always.broken + [f"unanswered: {one}" for one in self.fleet.unanswered]
        wrong += [f"doubled: {one}" for one in self.watch.doubled]
        return wrong + _check(self, logs)


@contextlib.contextmanager
def crew(
    deployed: Deployed,
    start: Callable[[str], contextlib.AbstractContextManager[Mortal]],
    *,
    workers: int,
    customers: int,
    workflows: int,
    seed: int,
    mortals: Mortals | None = None,
) -> Iterator[Crew]:
    """Begins with so many customers. `start` starts a function as a process; the memory of mortals is watched."""
    tenants, book = Tenants(deployed, workflows), Book()
    fleet = Fleet(deployed.stack.simulator_url, tenants, _somebody(deployed))
    with contextlib.ExitStack() as running:
        work = running.enter_context(Workers(deployed, most=workers, start=start))
        apis = [running.enter_context(Api(start, book)) for _ in range(ADMINS + 1)]
        clock = Clock(*(running.enter_context(start("schedule")) for _ in range(2)))
        always = running.enter_context(Loops(seed))
        always.repeat("sweep", clock.sweep, SWEEP)
        always.repeat("batch", clock.batch, BATCH)
        admins = [Admin(api, fleet, always.rng(f"admin {number}")) for number, api in enumerate(apis[:ADMINS])]
        for admin, _ in zip(itertools.cycle(admins), range(customers), strict=False):
            admin.wanted += 1
            admin.create()
        watch = Watch(deployed, mortals)
        always.repeat("look for doubled syncs", watch.look_for_doubled, LOOK)
        zuora = Zuora(deployed, tenants)
        yield Crew(deployed, tenants, fleet, book, zuora, work, clock, always, admins, apis[-1], watch)


def let_messages_come_back(deployed: Deployed) -> None:
    """Messages of a run that died come again after its time here, which is shorter than in AWS."""
    for url, _ in deployed.queues:
        deployed.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY)})


def _somebody(deployed: Deployed) -> str:
    """Somebody to whom something can be granted."""
    users = deployed.client("cognito-idp").list_users(UserPoolId=deployed.description["user_pool_id"])["Users"]
    return next(attribute["Value"] for attribute in users[0]["Attributes"] if attribute["Name"] == "sub")


def _check(crew: Crew, logs: Path) -> list[str]:
    """What is not as it must be when all has come to its end."""
    customers, tenants = crew.fleet.customers(), crew.tenants
    compared, wrong = checks.copies_are_true(crew.api, tenants, customers)
    wrong += checks.counted_rightly(crew.api, customers, compared)
    stored = checks.Stored(crew.deployed)
    wrong += checks.no_lock(stored) + checks.nothing_doubled(stored, crew.book) + checks.audited_once(stored, crew.book)
    wrong += checks.deleted_are_gone(stored, customers)
    tokens = tenants.tokens()
    wrong += checks.no_secret(stored, logs, tenants.secrets | tokens) + checks.no_panic(logs)
    deleted = sum(customer.is_now == "deleted" for customer in customers)
    say(f"{len(customers)} customers, of which {deleted} were deleted; {len(stored.jobs)} jobs, {compared} workflows compared")
    say(f"{len(tenants.secrets)} client secrets and {len(tokens)} tokens looked for")
    return wrong
