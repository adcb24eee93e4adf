"""Subjects of the commits: scoped (one scope or several), at most 72 characters, no full stop: `sync: keep the old export when a new one fails`.

By itself: `python3 infra/local/commits.py`. Older commits keep the subjects they have.
"""

import re
import subprocess
import sys

from settings import ROOT

# The last commit that is not held to it.
SINCE = "10b2699251d0"
SUBJECT = re.compile(r"(?=.{1,72}$)[\w./-]+(, [\w./-]+)*: \S.*(?<!\.)")


def faulty(subjects: list[str]) -> list[str]:
    """Those that are not as CONTRIBUTING.md asks."""
    return [subject for subject in subjects if not SUBJECT.fullmatch(subject)]


def subjects() -> list[str] | None:
    """What came after `SINCE`, or None where the history does not reach back to it."""
    try:
        log = ["git", "log", "--no-merges", "--format=%s", f"{SINCE}..HEAD"]
        listing = subprocess.run(log, cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return None
    return listing.stdout.splitlines() if listing.returncode == 0 else None


if __name__ == "__main__":
    found = subjects()
    if found is None:
        print("The history at hand does not reach back far enough: no subject was looked at.")
        sys.exit()
    wrong = faulty(found)
    print("\n".join(wrong) or f"{len(found)} subjects are as they should be.")
    sys.exit(bool(wrong))
