"""What the schedule, the sweeper, counts, lists and searches ask of tables of many customers, each with a day of hourly syncs.

Counted are calls, pages (Query, Scan) and units. How long the emulator takes says nothing: a page costs it the time of a whole partition.
DynamoDB answers in some 10 ms; that is what the seconds here are made of, one call after the other, though some go side by side.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from console import say
from events import api_event

from .deployed import Deployed, Refused, ask, pages, task
from .live import UNLIMITED
from .template_customer import NAME, Template

A_CALL = 0.010
# What the panel asks for of a list that it wants whole: see functions/panel/web/src/api/collect.ts.
MOST_PAGES = 10


def run(deployed: Deployed, size: int) -> dict[str, dict]:
    """Fills a fresh table with so many customers and measures. By action."""
    began = time.monotonic()
    # The template is a customer itself, without a number.
    items = Template(deployed).store(range(1, size))
    say(f"\n{size:,} customers: {items:,} items stored in {time.monotonic() - began:.0f} s")
    return dict(_measure(deployed))


def _measure(deployed: Deployed):
    _set_numbers_right(deployed)
    day = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    some = {"limit": "50"}
    for function, name, action in (
        ("schedule", "a tick of the schedule", lambda f: task(f, "schedule", _next_tick())),
        ("schedule", "a sweep", lambda f: task(f, "sweep", _next_tick())),
        ("customers", "counts (/v1/stats)", lambda f: ask(f, "customers/stats")),
        ("customers", "a page of customers", lambda f: pages(f, "customers/list", query=some, most=1)),
        ("customers", "customers by name", lambda f: pages(f, "customers/list", query=some | {"name": NAME[:-1]}, most=1)),
        ("customers", "attention (/v1/attention)", lambda f: ask(f, "customers/attention")),
        ("customers", "all customers", lambda f: pages(f, "customers/list", query={"limit": "200"}, most=MOST_PAGES)),
        ("jobs", "a page of jobs", lambda f: pages(f, "jobs/list", query=some, most=1)),
        ("jobs", "failed jobs", lambda f: pages(f, "jobs/list", query=some | {"state": "failed"}, most=1)),
        ("jobs", "jobs under way", lambda f: pages(f, "jobs/list", query=some | {"state": "queued,waiting,running"}, most=1)),
        ("jobs", "syncs of a day", lambda f: pages(f, "jobs/list", query=some | {"kind": "sync", "since": day}, most=1)),
        ("jobs", "dead letters", lambda f: pages(f, "jobs/dead-letters", query=some, most=1)),
        (
            "workflows",
            "workflows by name",
            lambda f: pages(f, "workflows/find-by-name", query=some | {"name": "Invoice"}, most=1),
        ),
        ("workflows", "a workflow by id", lambda f: pages(f, "workflows/find-by-id", query=some | {"zuora_id": "100"}, most=1)),
        ("schedule", "a look for a batch", lambda f: task(f, "batch", _next_tick())),
        ("customers", "a sync of all (POST /v1/sync)", lambda f: ask(f, "customers/sync-all")),
        ("schedule", "a round of its batch", lambda f: task(f, "batch", _next_tick())),
    ):
        yield name, _one(deployed, function, name, action)


def _one(deployed: Deployed, function: str, name: str, action: Callable) -> dict:
    """What one action asks for, the start of its function left out."""
    counter = deployed.counters[function]
    _let_the_emulator_finish(deployed)
    with deployed.function(function, **UNLIMITED) as running:
        # Whatever it says to this, it has started then.
        running.invoke({} if function == "schedule" else api_event("customers/health"))
        counter.reset()
        before = running.invocations
        # Where many pages are read the emulator takes longer than the API waits: what was asked until then is the least.
        cut_off = False
        try:
            action(running)
        except Refused:
            cut_off = True
        invocations = running.invocations - before
        peak = running.peak()
    counted = counter.counted()
    calls = sum(counted["calls"].values())
    read = sum(counted["calls"].get(operation, 0) for operation in ("Query", "Scan"))
    placed = counted["calls"].get("TransactWriteItems", 0)
    say(
        f"  {name:<30} {calls:>7,} calls, {read:>5,} pages, {counted['read_units']:>9,.1f} read and "
        f"{counted['write_units']:>7,.0f} write units, {calls * A_CALL:>6.1f} s of 10 ms a call, {peak:.0f} MB"
        + (", CUT OFF" if cut_off else "")
    )
    told = {"pages": read, "invocations": invocations, "placed": placed, "megabytes": round(peak), "cut_off": cut_off}
    return counted | told


def _set_numbers_right(deployed: Deployed) -> None:
    """The dashboard's numbers know nothing of what was stored past the functions: two sweeps in a row count."""
    with deployed.function("schedule") as schedule:
        for _ in range(2):
            task(schedule, "sweep", _next_tick())


def _let_the_emulator_finish(deployed: Deployed) -> None:
    """What was cut off is still under way there, and it does one thing after the other."""
    while True:
        began = time.monotonic()
        deployed.sqs.list_queues()
        if time.monotonic() - began < 0.5:
            return
        time.sleep(1)


def _next_tick() -> str:
    """The next moment at which the rule would send."""
    now = datetime.now(UTC)
    return (now.replace(second=0, microsecond=0) + timedelta(minutes=5 - now.minute % 5)).strftime("%Y-%m-%dT%H:%M:%SZ")
