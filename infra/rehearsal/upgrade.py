"""An upgrade under load, a step back, and the upgrade again: old and new functions work on one stack, and nothing is lost.

What works and what is checked is that of [chaos](../chaos/run.py), without kills and faults of AWS: admins, people at Zuora, the schedule in
compressed time, faults of Zuora, so that jobs take several attempts.

All functions get the variables of the template of this tree. In AWS each version has its own; a variable that is renamed shows here as a
function that does not start.
"""

import contextlib
import itertools
import time
from pathlib import Path
from random import Random

from chaos import checks
from chaos.admins import Admin, Fleet
from chaos.api import Api, Book
from chaos.morning import Morning
from chaos.run import ADMINS, BATCH, COMPRESSION, LOOK, SWEEP, TICK, UNLIMITED, VISIBILITY, Clock, Loops, check, somebody
from chaos.tenants import Tenants
from chaos.trouble import Zuora
from chaos.watch import Watch
from console import elapsed, say
from scale.deployed import Deployed
from scale.workers import Workers
from settings import Stack

from .versions import NEW, OLD, Versions

WORKERS = 3
# The share of events that go to the new version, and the share of the time.
PHASES = (
    ("the old functions alone", 0.0, 0.1),
    ("old and new side by side", 0.5, 0.4),
    ("the new ones alone", 1.0, 0.1),
    ("the old ones alone, after a step back", 0.0, 0.15),
    ("side by side again", 0.5, 0.15),
    ("the new ones alone", 1.0, 0.1),
)


def rehearse(
    stack: Stack, description: dict, older: Path, *, minutes: float, customers: int, workflows: int, drain: float, seed: int
) -> list[str]:
    """Runs all of it, and returns what went wrong."""
    say(f"\nAn upgrade: functions of {older.parents[1].name} and of this tree")
    deployed = Deployed(stack, description)
    for url, _ in deployed.queues:
        deployed.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY)})
    versions = Versions(deployed, stack.home / "functions", older, Random(f"{seed} versions"), **UNLIMITED)
    versions.check_start()
    tenants, book = Tenants(deployed, workflows), Book()
    fleet = Fleet(stack.simulator_url, tenants, somebody(deployed))
    zuora, wrong = Zuora(deployed, tenants), []
    with contextlib.ExitStack() as running:
        workers = running.enter_context(Workers(deployed, most=WORKERS, start=versions.start))
        apis = [running.enter_context(Api(versions.start, book)) for _ in range(ADMINS + 1)]
        clock = Clock(*(running.enter_context(versions.start("schedule")) for _ in range(2)))
        always = running.enter_context(Loops(seed))
        always.repeat("sweep", clock.sweep, SWEEP)
        always.repeat("batch", clock.batch, BATCH)
        admins = [Admin(api, fleet, always.rng(f"admin {number}")) for number, api in enumerate(apis[:ADMINS])]
        for admin, _ in zip(itertools.cycle(admins), range(customers), strict=False):
            admin.wanted += 1
            admin.create()
        watch = Watch(deployed)
        always.repeat("look for doubled syncs", watch.look_for_doubled, LOOK)
        with Loops(seed) as loops:
            loops.repeat("schedule", clock.tick, TICK.total_seconds() / COMPRESSION)
            loops.repeat("edits at Zuora", tenants.edit, 0.2, 1)
            loops.repeat("faults of Zuora", zuora.fail, 3, 10)
            for number, admin in enumerate(admins):
                loops.repeat(f"admin {number}", admin.act, 0.3, 2)
            for title, share, part in PHASES:
                say(f"  {elapsed():.0f} s: {title}")
                versions.share = share
                time.sleep(60 * minutes * part)
            zuora.heal()
        zuora.heal()
        wrong += loops.broken
        wrong += Morning(deployed, apis[-1], fleet.customers(), drain).pass_by()
        workers.check()
        wrong += always.broken + [f"unanswered: {one}" for one in fleet.unanswered]
        wrong += [f"doubled: {one}" for one in watch.doubled]
        wrong += check(deployed, apis[-1], fleet, book, versions.logs)
    _tell(versions, book, workers, zuora, tenants)
    if left_out := versions.unreadable(NEW):
        wrong.append(f"lost: the new functions left out a record {left_out} times")
    wrong += [f"broken: {versions.deaths(one)} {one} functions ended by themselves" for one in (OLD, NEW) if versions.deaths(one)]
    say("  " + checks.summary(wrong))
    return wrong


def _tell(versions: Versions, book: Book, workers: Workers, zuora: Zuora, tenants: Tenants) -> None:
    counts = versions.invocations
    jobs, shared = versions.shared_jobs()
    say(f"  {counts[OLD]} events went to old functions, {counts[NEW]} to new ones; {shared} of {jobs} jobs had runs of both")
    say(f"  {len(book.answers())} requests of admins, {zuora.faults} faults of Zuora, {tenants.edits} edits there")
    say(f"  {workers.failed} messages came again; old functions left out a record {versions.unreadable(OLD)} times")
