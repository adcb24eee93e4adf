"""What has to work on a bad day, done once on a local stack: see docs/testing.md.

    rehearse.py [restore] [upgrade] [--old COMMIT] [--minutes 4] [--customers 8] [--workflows 8] [--seed N] [--drain 30]

`restore`: a backup, a damage, and the commands of docs/runbook.md, run as they stand there; then everything is as it was, and goes on.
`upgrade`: functions of an older commit and of this tree work side by side on one stack, then the new ones alone, then the old ones after a
step back, then the new ones again; nothing is lost, stuck or doubled, and the copies are true. Without a name both run.
"""

import argparse
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "local"))

from chaos import checks  # noqa: E402
from console import Failed, elapsed, say  # noqa: E402
from rehearsal import older, restore, upgrade  # noqa: E402
from settings import LOCAL, Port, Stack  # noqa: E402
from stack import fresh  # noqa: E402

PARTS = ("restore", "upgrade")
# Tests do not wait for the budgets of one address and one user.
PARAMETERS = "TokenRequestsPerMinute=5000 RequestsPerMinute=5000 ApiRequestsPerSecond=5000 ApiBurst=5000"


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--old", default=older.RELEASED, help="the commit whose functions work beside this tree's")
    parser.add_argument("--minutes", type=float, default=4, help="of old and new functions at work")
    parser.add_argument("--customers", type=int, default=8, help="of the upgrade")
    parser.add_argument("--workflows", type=int, default=8, help="of each customer of the upgrade")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--drain", type=float, default=30, help="minutes until all must have come to its end")
    options = parser.parse_args()
    parts, wrong = options.parts or PARTS, []
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part: {', '.join(unknown)}")
    given = {name: value for name, value in vars(options).items() if name not in ("parts", "old")}
    try:
        # What is missing is said before anything is brought up.
        binaries = older.build(options.old) if "upgrade" in parts else None
        if "restore" in parts:
            wrong += _on_a_stack(restore.rehearse)
        if binaries:
            say(f"\nSeed {options.seed}")
            wrong += _on_a_stack(lambda stack, description: upgrade.rehearse(stack, description, binaries, **given))
    except Failed as failure:
        sys.exit(f"FAILED after {elapsed():.0f} s: {failure}")
    say(f"\n{elapsed():.0f} s")
    if wrong:
        sys.exit("WRONG:\n  " + "\n  ".join(checks.shortened(wrong)))


def _on_a_stack(rehearse: Callable[[Stack, dict], list[str]]) -> list[str]:
    """What went wrong on a stack of its own, gone at the end."""
    stack = Stack(
        "zwm-rehearsal",
        LOCAL / "rehearsal",
        LOCAL / "rehearsal" / "stack.json",
        Port.read("ZWM_REHEARSAL_EMULATOR_PORT", 4598),
        Port.read("ZWM_REHEARSAL_SIMULATOR_PORT", 8105),
        parameters=PARAMETERS,
    )
    with fresh(stack) as description:
        return rehearse(stack, description)


if __name__ == "__main__":
    main()
