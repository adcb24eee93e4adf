"""Everything fails at once, for some minutes: see docs/testing.md.

    chaos.py [--minutes 20] [--customers 50] [--workflows 12] [--seed N] [--drain 40]

On a fresh local stack functions are killed, AWS and Zuora fail, workflows change and admins work, all drawn from one seed. Then the faults
stop, and what was promised is checked: nothing lost, nothing stuck, nothing doubled, the copies are what Zuora has, nothing is left of
deleted customers, no secret is anywhere, memory has not grown. Fails with the seed and what was found otherwise.

What a seed decides is who does what in which order; how threads and processes meet is the machine's, so a run with the same seed is alike,
not the same.
"""

import argparse
import random
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "local"))

from chaos.run import run  # noqa: E402
from console import elapsed, say  # noqa: E402
from scale.deployed import Deployed  # noqa: E402
from settings import LOCAL, Port, Stack  # noqa: E402
from stack import fresh  # noqa: E402


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=20, help="of faults")
    parser.add_argument("--customers", type=int, default=50)
    parser.add_argument("--workflows", type=int, default=12, help="of each customer at the beginning")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--drain", type=float, default=40, help="minutes until all must have come to its end")
    options = parser.parse_args()
    stack = Stack(
        "zwm-chaos",
        LOCAL / "chaos",
        LOCAL / "chaos" / "stack.json",
        Port.read("ZWM_CHAOS_EMULATOR_PORT", 4594),
        Port.read("ZWM_CHAOS_SIMULATOR_PORT", 8103),
        faults=Port.read("ZWM_CHAOS_FAULTS_PORT", 4595),
    )
    say(f"Seed {options.seed}")
    with fresh(stack) as description:
        wrong = run(Deployed(stack, description), **vars(options))
    say(f"\n{elapsed():.0f} s")
    if wrong:
        sys.exit(f"WRONG with seed {options.seed}:\n  " + "\n  ".join(wrong))


if __name__ == "__main__":
    main()
