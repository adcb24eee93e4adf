"""One run: customers are created, everything fails for some minutes while people work, and at the end nothing is lost."""

import time

from console import elapsed, say
from scale.deployed import Deployed

from . import checks
from .crew import LOOK, UNLIMITED, Crew, Loops, crew, let_messages_come_back
from .mortal import Mortals
from .trouble import Aws

WORKERS = 5


def run(deployed: Deployed, *, minutes: float, customers: int, workflows: int, drain: float, seed: int) -> list[str]:
    """Runs all of it, and returns what went wrong."""
    faults = deployed.description["faults_url"]
    let_messages_come_back(deployed)
    mortals = Mortals(deployed, deployed.stack.home / "functions", AWS_ENDPOINT_URL=faults, **UNLIMITED)
    aws = Aws(faults)
    numbers = {"workers": WORKERS, "customers": customers, "workflows": workflows, "seed": seed}
    with crew(deployed, mortals.start, mortals=mortals, **numbers) as people:
        say(f"{len(people.fleet.customers())} customers with {workflows} workflows each, after {elapsed():.0f} s")
        with Loops(seed) as loops:
            loops.repeat("look at memory", people.watch.look_at_memory, LOOK)
            loops.repeat("faults of AWS", aws.fail, 1, 5)
            loops.repeat("kills", mortals.kill_one, 2, 8)
            people.work(loops, (1, 4))
            time.sleep(60 * minutes)
            # Those who ask until they are answered are answered now.
            aws.heal()
            people.zuora.heal()
        aws.heal()
        people.zuora.heal()
        _tell(people, mortals, aws)
        wrong = loops.broken + people.end(drain, mortals.logs)
        told, grown = people.watch.memory()
        say("Memory at its highest, in the first and the last third: " + ", ".join(told))
        wrong += [f"memory: {one}" for one in grown]
    say(checks.summary(wrong))
    return checks.shortened(wrong)


def _tell(people: Crew, mortals: Mortals, aws: Aws) -> None:
    answers = people.book.answers()
    statuses = sorted({answer.status for answer in answers})
    counts = ", ".join(f"{sum(answer.status == status for answer in answers)} x {status}" for status in statuses)
    zuora, edits = people.zuora.faults, people.tenants.edits
    say(f"{mortals.kills} kills, {aws.struck()} faults of AWS, {zuora} of Zuora, {edits} edits there")
    say(f"{len(answers)} requests of admins that change something, answered {counts}")
