"""One run: customers are created, everything fails for some minutes while people work, and at the end nothing is lost."""

import contextlib
import itertools
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from console import elapsed, say
from scale.deployed import Deployed
from scale.workers import Workers

from . import checks
from .admins import Admin, Fleet
from .api import Api, Book
from .morning import Morning
from .mortal import SYNC_SECONDS, Mortal, Mortals
from .tenants import Tenants
from .trouble import Aws, Zuora
from .watch import Watch

UNLIMITED = {"TOKEN_REQUESTS_PER_MINUTE": "1000000", "REQUESTS_PER_MINUTE": "1000000"}
ADMINS = 3
WORKERS = 5
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


def run(deployed: Deployed, *, minutes: float, customers: int, workflows: int, drain: float, seed: int) -> list[str]:
    """Runs all of it, and returns what went wrong."""
    description = deployed.description
    for url, _ in deployed.queues:
        deployed.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY)})
    mortals = Mortals(deployed, deployed.stack.home / "functions", AWS_ENDPOINT_URL=description["faults_url"], **UNLIMITED)
    tenants, book = Tenants(deployed, workflows), Book()
    fleet = Fleet(deployed.stack.simulator_url, tenants, somebody(deployed))
    aws, zuora = Aws(description["faults_url"]), Zuora(deployed, tenants)
    wrong: list[str] = []
    with contextlib.ExitStack() as stack:
        workers = stack.enter_context(Workers(deployed, most=WORKERS, start=mortals.start))
        apis = [stack.enter_context(Api(mortals.start, book)) for _ in range(ADMINS + 1)]
        clock = Clock(*(stack.enter_context(mortals.start("schedule")) for _ in range(2)))
        always = stack.enter_context(Loops(seed))
        always.repeat("sweep", clock.sweep, SWEEP)
        always.repeat("batch", clock.batch, BATCH)
        admins = [Admin(api, fleet, always.rng(f"admin {number}")) for number, api in enumerate(apis[:ADMINS])]
        for admin, _ in zip(itertools.cycle(admins), range(customers), strict=False):
            admin.wanted += 1
            admin.create()
        say(f"{len(fleet.customers())} customers with {workflows} workflows each, after {elapsed():.0f} s")
        watch = Watch(deployed, mortals)
        always.repeat("look for doubled syncs", watch.look_for_doubled, LOOK)
        with Loops(seed) as loops:
            loops.repeat("look at memory", watch.look_at_memory, LOOK)
            loops.repeat("schedule", clock.tick, TICK.total_seconds() / COMPRESSION)
            loops.repeat("edits at Zuora", tenants.edit, 0.2, 1)
            loops.repeat("faults of Zuora", zuora.fail, 1, 4)
            loops.repeat("faults of AWS", aws.fail, 1, 5)
            loops.repeat("kills", mortals.kill_one, 2, 8)
            for number, admin in enumerate(admins):
                loops.repeat(f"admin {number}", admin.act, 0.3, 2)
            time.sleep(60 * minutes)
            # Those who ask until they are answered are answered now.
            aws.heal()
            zuora.heal()
        aws.heal()
        zuora.heal()
        wrong += loops.broken
        _tell(book, mortals, aws, zuora, tenants)
        wrong += Morning(deployed, apis[-1], fleet.customers(), drain).pass_by()
        workers.check()
        wrong += always.broken + [f"unanswered: {one}" for one in fleet.unanswered]
        wrong += [f"doubled: {one}" for one in watch.doubled]
        wrong += check(deployed, apis[-1], fleet, book, mortals.logs)
        told, grown = watch.memory()
        say("Memory at its highest, in the first and the last third: " + ", ".join(told))
        wrong += [f"memory: {one}" for one in grown]
    say(checks.summary(wrong))
    return checks.shortened(wrong)


def somebody(deployed: Deployed) -> str:
    """Somebody to whom something can be granted."""
    users = deployed.client("cognito-idp").list_users(UserPoolId=deployed.description["user_pool_id"])["Users"]
    return next(attribute["Value"] for attribute in users[0]["Attributes"] if attribute["Name"] == "sub")


def _tell(book: Book, mortals: Mortals, aws: Aws, zuora: Zuora, tenants: Tenants) -> None:
    answers = book.answers()
    statuses = sorted({answer.status for answer in answers})
    counts = ", ".join(f"{sum(answer.status == status for answer in answers)} x {status}" for status in statuses)
    say(f"{mortals.kills} kills, {aws.struck()} faults of AWS, {zuora.faults} of Zuora, {tenants.edits} edits there")
    say(f"{len(answers)} requests of admins that change something, answered {counts}")


def check(deployed: Deployed, api: Api, fleet: Fleet, book: Book, logs: Path) -> list[str]:
    """What is not as it must be when all has come to its end."""
    customers, tenants = fleet.customers(), fleet.tenants
    compared, wrong = checks.copies_are_true(api, tenants, customers)
    wrong += checks.counted_rightly(api, customers, compared)
    stored = checks.Stored(deployed)
    wrong += checks.no_lock(stored) + checks.nothing_doubled(stored, book) + checks.audited_once(stored, book)
    wrong += checks.deleted_are_gone(stored, customers)
    tokens = tenants.tokens()
    wrong += checks.no_secret(stored, logs, tenants.secrets | tokens) + checks.no_panic(logs)
    deleted = sum(customer.is_now == "deleted" for customer in customers)
    say(f"{len(customers)} customers, of which {deleted} were deleted; {len(stored.jobs)} jobs, {compared} workflows compared")
    say(f"{len(tenants.secrets)} client secrets and {len(tokens)} tokens looked for")
    return wrong
