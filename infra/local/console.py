"""What the person at the terminal sees: numbered-by-time steps, and what to do when one fails."""

import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from settings import LOCAL, ROOT

_started = time.monotonic()


class Failed(Exception):
    """A step failed in a way that the message explains."""


def elapsed() -> float:
    """Seconds since the command began."""
    return time.monotonic() - _started


def say(text: str = "") -> None:
    print(text, flush=True)


@contextmanager
def step(title: str):
    """Announces a step and says how long it took."""
    begin = time.monotonic()
    say(f"[{elapsed():6.1f}s] {title} ...")
    yield
    say(f"[{elapsed():6.1f}s]   done in {time.monotonic() - begin:.1f}s")


def run(command: list[str], *, log: Path, advice: str, env=None, cwd=None, show: bool = False) -> None:
    """Runs a command to its end with its output in `log` (and on the terminal with `show`)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as sink:
        process = subprocess.Popen(
            command, env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        try:
            for line in process.stdout:
                sink.write(line)
                if show:
                    sys.stdout.write(line)
                    sys.stdout.flush()
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if status != 0:
        raise Failed(f"{' '.join(command[:4])} ended with status {status}.\n{_tail(log)}\n{advice}\nFull log: {log}")


def check_by(script: str, *arguments: str, title: str, advice: str, show: bool = False) -> None:
    """Runs a check that is a script under infra/; its log has its name."""
    with step(title):
        command = [sys.executable, str(ROOT / "infra" / script), *arguments]
        run(command, log=LOCAL / "logs" / f"{Path(script).stem}.log", advice=advice, cwd=ROOT, show=show)


def _tail(log: Path, lines: int = 25) -> str:
    return "\n".join(f"    {line}" for line in log.read_text(errors="replace").splitlines()[-lines:])
