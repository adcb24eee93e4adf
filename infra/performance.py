"""Measures syncs as they go to AWS: the release binary of `sync`, the emulator, and a simulated Zuora that takes its time for every answer.

    performance.py [--workflows 2000,10000] [--slow 2000] [--bytes 0] [--full]

For each size: a first sync, one without changes, one with an hour's share of the daily re-verifications, one with 1 % changed. Each is run in a
process of its own, once straight against the emulator (time, memory) and once through a counting proxy (calls, items, bytes). Beside each stand the
floor (the same requests to Zuora, as many at a time as `sync` may have in flight from the first one on, by a client that throws the answers away) and
what a user would write instead (by_hand.py). `--slow` are tenants that take as long as real ones do; `--full` adds those that take an hour.
Needs what `make performance` builds.
"""

import argparse
import concurrent.futures
import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench import BINARIES, Bench, brought_up
from counting import Counter

# The default of MaxZuoraConcurrency: see shared/src/zuora/limiter.rs.
AT_ONCE = 12
PAGE = 50
FULL = {"workflows": "2000,10000,20000", "slow": "2000,20000"}
GOALS = {"first": 0.7, "no change": 0.25}


@dataclass(frozen=True)
class Pace:
    """How many milliseconds Zuora takes for a page, and for an export."""

    page: int
    export: int

    def __str__(self) -> str:
        return f"{self.page} ms" if self.page == self.export else f"{self.page}/{self.export} ms"


FAST = Pace(20, 20)
SLOW = Pace(600, 400)


class Tenant:
    """A tenant, the customer that it is to us, and the table of who copies it by hand."""

    def __init__(self, bench: Bench, workflows: int, pace: Pace, size: int) -> None:
        self.bench, self.workflows, self.pace = bench, workflows, pace
        self.name = f"performance-{time.monotonic_ns()}"
        self.zuora = bench.zuora("POST", "tenants", {"name": self.name, "workflows": workflows})
        effect = {"effect": {"huge": size}} if size else {}
        self._answer("list", {"delay_ms": pace.page})
        self._answer("export", {"delay_ms": pace.export, **effect})
        created = {
            "name": self.name,
            "zuora_client_id": self.zuora["client_id"],
            "zuora_client_secret": self.zuora["client_secret"],
        }
        self.customer = bench.api("POST", "/v1/customers", {**created, "zuora_base_url": bench.stack.simulator_url})["id"]
        self.ids = bench.zuora("GET", f"tenants/{self.name}/workflows")
        self.pages = -(-workflows // PAGE) + (workflows % PAGE == 0)
        bench.create_table(self.name)

    def _answer(self, route: str, how: dict) -> None:
        self.bench.zuora("POST", f"tenants/{self.name}/faults", {"on": {"route": route}, "times": None, **how})

    def cases(self) -> list[tuple[str, Callable[[], None]]]:
        """What is measured in turn, and what happens before it."""
        return [
            ("first", lambda: None),
            ("no change", lambda: self._set_reverified_until(timedelta(0))),
            ("an hour's re-verifications", lambda: self._set_reverified_until(timedelta(hours=1))),
            ("1 % changed", self._edit),
        ]

    def job(self, case: str) -> str:
        if case == "first":
            return self.bench.api("GET", f"/v1/jobs?customer_id={self.customer}")["items"][0]["id"]
        return self.bench.api("POST", f"/v1/customers/{self.customer}/sync", {})["job_id"]

    def _set_reverified_until(self, back: timedelta) -> None:
        """Lets the daily re-verifications have come to so long ago."""
        until = (datetime.now(UTC) - back).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self.bench.table.update_item(
            Key={"PK": f"CUSTOMER#{self.customer}", "SK": "STATE"},
            UpdateExpression="SET reverification.#until = :until",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues={":until": until},
        )

    def _edit(self) -> None:
        self._set_reverified_until(timedelta(0))
        count = self.workflows // 100
        for id in self.ids[:: max(1, len(self.ids) // max(1, count))][:count]:
            self.bench.zuora("PATCH", f"tenants/{self.name}/workflows/{id}", {"description": f"edited {time.time()}"})


def floor(tenant: Tenant, exports: int) -> float:
    """Seconds that the same requests take when nothing is done with the answers."""
    url = urlsplit(tenant.bench.stack.simulator_url)
    credentials = {name: tenant.zuora[name] for name in ("client_id", "client_secret")}
    connection = http.client.HTTPConnection(url.hostname, url.port)
    form = urlencode({**credentials, "grant_type": "client_credentials"})
    connection.request("POST", "/oauth/token", form, {"Content-Type": "application/x-www-form-urlencoded"})
    token = json.loads(connection.getresponse().read())["access_token"]
    local = threading.local()

    def get(path: str) -> None:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection(url.hostname, url.port)
        local.connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = local.connection.getresponse()
        answer.read()
        if answer.status == 404:
            # No version is active: the latest one is asked for.
            get(f"{path}?version=latest")

    pages = [f"/workflows?page={n}&page_length={PAGE}" for n in range(1, tenant.pages + 1)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        began = time.perf_counter()
        for paths in (pages, [f"/workflows/{id}/export" for id in tenant.ids[:exports]]):
            list(pool.map(get, paths))
        return time.perf_counter() - began


def time_of(tenant: Tenant, case: str) -> list[str]:
    """Runs a case straight against the emulator, its floor, and who does it by hand; a row of the table."""
    bench = tenant.bench
    bench.zuora("DELETE", f"tenants/{tenant.name}/requests")
    seconds, cpu, peak, state = bench.run(tenant.customer, tenant.job(case), bench.stack.emulator_url)
    exports = sum(run["exports"] for run in state["runs"])
    last = (tenant.pace.export if exports else tenant.pace.page) / 1000
    pull = bench.zuora("GET", f"tenants/{tenant.name}/requests")["span_ms"] / 1000 + last
    low = floor(tenant, exports)
    row = [f"{tenant.workflows:,}", str(tenant.pace), case, f"{seconds:.2f}", f"{pull:.2f}", f"{low:.2f}", f"{pull / low:.2f}"]
    row += [f"{cpu:.2f}", f"{peak:.0f}", f"{tenant.pages} + {exports}"]
    row += [f"{state['state']} {state['stats']['total']}" + (f", {len(state['runs'])} runs" if len(state["runs"]) > 1 else "")]
    if case == "an hour's re-verifications":
        # Nothing that the script has.
        return [*row, *[""] * 6]
    script = bench.by_hand(tenant.zuora, tenant.name)
    row += [f"{script['seconds']:.2f}", f"{script['cpu']:.2f}", f"{script['peak']:.0f}"]
    goal = f" (goal {GOALS[case]})" if case in GOALS else ""
    return row + [f"{seconds / script['seconds']:.2f}{goal}", f"{cpu / script['cpu']:.2f}", f"{peak / script['peak']:.2f}"]


def calls_of(tenant: Tenant, case: str, counter: Counter) -> list[str]:
    """Runs a case through the counting proxy; a row of the table."""
    job = tenant.job(case)
    counter.reset()
    tenant.bench.run(tenant.customer, job, counter.url)
    calls = ", ".join(f"{operation} {count}" for operation, count in sorted(counter.calls.items()))
    emulator = ", ".join(f"{operation} {took:.2f} s" for operation, took in counter.seconds.most_common(3))
    total = sum(counter.calls.values())
    traffic = [f"{counter.items:,}", f"{counter.sent / 1000:,.0f}", f"{counter.received / 1000:,.0f}"]
    return [f"{tenant.workflows:,}", case, f"{total:,}", *traffic, calls, emulator]


TIMES = [
    "Workflows",
    "Zuora takes",
    "Sync",
    "Wall s",
    "Pull s",
    "Floor s",
    "Pull / floor",
    "CPU s",
    "Peak MB",
    "Pages + exports",
    "Ended",
]
TIMES += ["By hand: wall s", "CPU s", "Peak MB", "Ours / by hand: wall", "CPU", "Memory"]
CALLS = ["Workflows", "Sync", "Calls to AWS", "Items written", "KB sent", "KB received", "Calls", "The emulator's own time"]


def show(title: str, head: list[str], rows: list[list[str]]) -> None:
    """Prints a table as Markdown."""
    print(f"\n{title}\n")
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workflows", default="2000,10000", help=f"sizes of tenants that take {FAST}")
    parser.add_argument("--slow", default="2000", help=f"sizes of tenants that take {SLOW} for a page and an export")
    parser.add_argument("--bytes", type=int, default=0, help="white space added to every export")
    parser.add_argument("--full", action="store_const", const=FULL, default={}, help="20,000 workflows too, fast and slow")
    parser.add_argument("--uncounted", action="store_true", help="leaves out the calls to AWS")
    parser.add_argument("--binaries", type=Path, default=BINARIES, help="of another version, to compare")
    options = argparse.Namespace(**vars(parser.parse_args()) | parser.parse_args().full)
    sizes = {
        pace: [int(size) for size in text.split(",") if size] for pace, text in ((FAST, options.workflows), (SLOW, options.slow))
    }
    times, calls = [], []
    with brought_up(options.binaries.resolve()) as bench:
        counter = Counter(bench.stack.emulator_url)
        for pace, workflows in ((of, size) for of in sizes for size in sizes[of]):
            tenant = Tenant(bench, workflows, pace, options.bytes)
            for case, prepare in tenant.cases():
                prepare()
                times.append(time_of(tenant, case))
                print(*times[-1], sep=" | ", flush=True)
        for workflows in () if options.uncounted else sizes[FAST]:
            tenant = Tenant(bench, workflows, Pace(0, 0), options.bytes)
            for case, prepare in tenant.cases():
                prepare()
                calls.append(calls_of(tenant, case, counter))
                print(*calls[-1], sep=" | ", flush=True)
    show("Time and memory", TIMES, times)
    if calls:
        show("Calls to AWS", CALLS, calls)


if __name__ == "__main__":
    main()
