"""A whole local stack: brought up fresh each time, and described in a file for other programs."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator

import deploy
import emulator
import people
from build import lay_out
from console import step
from processes import Processes, stop_orphans
from settings import Stack
from toolbox import check_free


def bring_up(stack: Stack, processes: Processes, workflows: int) -> tuple[dict, tuple[str, str]]:
    """A fresh emulator with the system deployed, an admin and a simulator with one tenant of so many workflows."""
    shutil.rmtree(stack.home, ignore_errors=True)
    stack.home.mkdir(parents=True)
    emulator.start_emulator(stack, processes)
    with step("Laying out the built functions"):
        template = lay_out(stack.home / "built")
    deploy.deploy(stack, template)
    description = deploy.describe(stack)
    deploy.complete(stack, description)
    description["username"] = people.USERNAME
    description["password"] = people.create_admin(stack, description["user_pool_id"])
    if stack.faults:
        description["faults_url"] = emulator.start_faults(stack, processes, stack.faults.number)
    credentials = emulator.start_simulator(stack, processes, workflows)
    return description, credentials


@contextlib.contextmanager
def fresh(stack: Stack) -> Iterator[dict]:
    """A stack for as long as the block lasts; its description."""
    stop_orphans(stack)
    check_free(*stack.ports)
    processes = Processes(stack)
    try:
        yield bring_up(stack, processes, 0)[0]
    finally:
        processes.stop_all()


def write_stack_file(stack: Stack, description: dict) -> None:
    """Appears whole or not at all: other programs wait for it."""
    draft = stack.stack_file.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(description, indent=2) + "\n")
    os.replace(draft, stack.stack_file)
