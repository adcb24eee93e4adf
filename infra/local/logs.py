"""Follows the functions' logs of the running stack."""

import time

from console import Failed, say
from deploy import client
from settings import FUNCTIONS, Stack

# The emulator wraps every invocation in these; they say nothing that our own line does not.
NOISE = ("START RequestId", "END RequestId", "REPORT RequestId")


def follow(stack: Stack) -> None:
    """Prints what is there and what comes, until Ctrl-C."""
    if not stack.processes_file.exists():
        raise Failed("No local stack is up. Start one with `make run`.")
    logs = client(stack, "logs")
    # The emulator writes a stream an invocation, whole, when it ends.
    seen: set[str] = set()
    since = 0
    while stack.processes_file.exists():
        fresh = []
        for name in FUNCTIONS:
            fresh += [(event, name) for event in _events(logs, f"/aws/lambda/{stack.name}-{name}", since)]
        fresh = [(event, name) for event, name in fresh if event["logStreamName"] not in seen]
        for event, name in sorted(fresh, key=lambda pair: pair[0]["timestamp"]):
            since = max(since, event["timestamp"])
            seen.add(event["logStreamName"])
            if not event["message"].startswith(NOISE):
                say(f"{name:>9} | {event['message']}")
        time.sleep(1)


def _events(logs, group: str, since: int):
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since):
        yield from page["events"]
