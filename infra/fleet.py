"""Proofs of scale on one machine: see docs/scale.md.

    fleet.py [live] [seeded] [counted] [searched] [--customers 300] [--workflows 20] [--compression 15] [--outage 40] [--seeded 100,1000,10000]

`live`: a fleet of customers and a Zuora of moods, an hour in minutes. `seeded`: what the schedule, the sweeper, counts, lists and searches
ask of tables of thousands of customers. `counted`: what one sync asks of AWS. What these two count goes to infra/counts.json, of which
infra/cost.py makes the bill. `searched`: what a search takes. Without a name all four run.

Debug binaries, because calls, units and waits are the same as with release ones, and they are there after every build; memory is a
little higher than in Lambda.
"""

import argparse
import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "local"))

from console import elapsed, say  # noqa: E402
from scale import counted, live, searched, seeded  # noqa: E402
from scale.deployed import Deployed  # noqa: E402
from settings import LOCAL, Port, Stack  # noqa: E402
from stack import fresh  # noqa: E402

PARTS = ("live", "seeded", "counted", "searched")
COUNTS = HERE / "counts.json"


@contextlib.contextmanager
def brought_up() -> Iterator[Deployed]:
    """A fresh stack of its own, gone at the end."""
    stack = Stack(
        "zwm-fleet",
        LOCAL / "fleet",
        LOCAL / "fleet" / "stack.json",
        Port.read("ZWM_FLEET_EMULATOR_PORT", 4590),
        Port.read("ZWM_FLEET_SIMULATOR_PORT", 8099),
        # As with two addresses to ask from.
        parameters="TokenRequestsPerMinute=200",
    )
    with fresh(stack) as description:
        yield Deployed(stack, description)


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--customers", type=int, default=300)
    parser.add_argument("--workflows", type=int, default=20)
    parser.add_argument("--compression", type=float, default=15)
    parser.add_argument("--seeded", default="100,1000,10000", help="customers of the tables")
    parser.add_argument("--outage", type=float, help="seconds; ten minutes of compressed time unless told")
    options = parser.parse_args()
    parts, wrong = options.parts or PARTS, []
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part: {', '.join(unknown)}")
    if "live" in parts:
        outage = options.outage or 600 / options.compression
        with brought_up() as deployed:
            wrong += live.run(deployed, options.customers, options.workflows, options.compression, outage)
    if "seeded" in parts:
        tables = {}
        # A table of its own for each: what one left behind, such as jobs that nobody works on, would count for the next.
        for size in map(int, options.seeded.split(",")):
            with brought_up() as deployed:
                tables[str(size)] = seeded.run(deployed, size)
            _keep(seeded=tables)
    if "counted" in parts:
        with brought_up() as deployed:
            syncs, stored = counted.run(deployed)
            _keep(sync=syncs, stored=stored)
    if "searched" in parts:
        with brought_up() as deployed:
            searched.run(deployed)
    say(f"\n{elapsed():.0f} s")
    if wrong:
        sys.exit("WRONG: " + "; ".join(wrong))


def _keep(**counted: dict) -> None:
    """Of what is counted anew the old numbers go, all others stay."""
    counts = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    COUNTS.write_text(json.dumps(counts | counted, indent=1) + "\n")


if __name__ == "__main__":
    main()
