"""An upgrade under load, a step back, and the upgrade again: old and new functions work on one stack, and nothing is lost.

What works and what is checked is that of [chaos](../chaos/crew.py), without kills and faults of AWS: admins, people at Zuora, the schedule in
compressed time, faults of Zuora, so that jobs take several attempts.

All functions get the variables of the template of this tree. In AWS each version has its own; a variable that is renamed shows here as a
function that does not start.
"""

import time
from pathlib import Path
from random import Random

from chaos import checks
from chaos.crew import UNLIMITED, Crew, Loops, crew, let_messages_come_back
from console import elapsed, say
from scale.deployed import Deployed
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
    let_messages_come_back(deployed)
    versions = Versions(deployed, stack.home / "functions", older, Random(f"{seed} versions"), **UNLIMITED)
    versions.check_start()
    numbers = {"workers": WORKERS, "customers": customers, "workflows": workflows, "seed": seed}
    with crew(deployed, versions.start, **numbers) as people:
        with Loops(seed) as loops:
            people.work(loops, (3, 10))
            for title, share, part in PHASES:
                say(f"  {elapsed():.0f} s: {title}")
                versions.share = share
                time.sleep(60 * minutes * part)
            people.zuora.heal()
        people.zuora.heal()
        wrong = loops.broken + people.end(drain, versions.logs)
    _tell(versions, people)
    if left_out := versions.unreadable(NEW):
        wrong.append(f"lost: the new functions left out a record {left_out} times")
    wrong += [f"broken: {versions.deaths(one)} {one} functions ended by themselves" for one in (OLD, NEW) if versions.deaths(one)]
    say("  " + checks.summary(wrong))
    return wrong


def _tell(versions: Versions, people: Crew) -> None:
    counts = versions.invocations
    jobs, shared = versions.shared_jobs()
    say(f"  {counts[OLD]} events went to old functions, {counts[NEW]} to new ones; {shared} of {jobs} jobs had runs of both")
    answers, faults, edits = len(people.book.answers()), people.zuora.faults, people.tenants.edits
    say(f"  {answers} requests of admins, {faults} faults of Zuora, {edits} edits there")
    say(f"  {people.workers.failed} messages came again; old functions left out a record {versions.unreadable(OLD)} times")
