"""Long-running processes: each starts as a group of its own, and whole groups are ended.

What must stay true: after `stop_all` nothing started here is alive, grandchildren included (the emulator starts the functions).
"""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from settings import Stack


class Processes:
    """The processes of one stack; also written to a file, so that `make stop` finds them."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._children: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: list[str], env: dict[str, str], log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as sink:
            self._children[name] = subprocess.Popen(
                command,
                env=env,
                cwd=self._stack.home,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._save()

    def dead(self) -> str | None:
        """The name of a process that ended though nobody asked it to."""
        return next((name for name, child in self._children.items() if child.poll() is not None), None)

    def stop_all(self) -> None:
        _end_groups([child.pid for child in self._children.values()])
        for child in self._children.values():
            child.wait()
        self._stack.processes_file.unlink(missing_ok=True)

    def _save(self) -> None:
        groups = {name: child.pid for name, child in self._children.items()}
        self._stack.processes_file.write_text(json.dumps({"owner": os.getpid(), "groups": groups}))


def stop_recorded(stack: Stack) -> bool:
    """Ends what an earlier command left in the process file. Returns whether there was anything."""
    record = _record(stack)
    if record is None:
        return False
    if _is_ours(record["owner"]):
        # It is still up: let it clean up itself.
        os.kill(record["owner"], signal.SIGTERM)
        _wait_until(lambda: not _is_ours(record["owner"]), 15)
    _end_leftovers(stack, record)
    return True


def stop_orphans(stack: Stack) -> None:
    """Ends what a command left behind that was killed before it could clean up."""
    record = _record(stack)
    if record is not None and not _is_ours(record["owner"]):
        _end_leftovers(stack, record)


def _record(stack: Stack) -> dict | None:
    return json.loads(stack.processes_file.read_text()) if stack.processes_file.exists() else None


def _end_leftovers(stack: Stack, record: dict) -> None:
    _end_groups([group for group in record["groups"].values() if _is_ours(group)])
    stack.processes_file.unlink(missing_ok=True)


def _end_groups(groups: list[int]) -> None:
    for sign, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        for group in groups:
            try:
                os.killpg(group, sign)
            except (ProcessLookupError, PermissionError):
                continue
        if _wait_until(lambda: not _alive(groups), patience):
            return


def _alive(groups: list[int]) -> bool:
    """Whether anything of these groups still runs. What has ended and was not collected yet does not."""
    shown = subprocess.run(["ps", "-A", "-o", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in shown.splitlines())
    return any(int(row[0]) in groups and not row[1].startswith("Z") for row in rows if len(row) == 2)


def _is_ours(pid: int) -> bool:
    """Whether the process runs and is one of ours: numbers are used again after a restart of the machine."""
    shown = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return any(word in shown for word in ("ministack", "microburst", "zuora-simulator", "zwm.py"))


def _wait_until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
