"""The commands of docs/runbook.md, run as they stand there, in one shell, as a person pastes them."""

import os
import re
import subprocess
import threading

from console import Failed, say
from settings import LOCAL, ROOT, Stack

RUNBOOK = ROOT / "docs" / "runbook.md"
# The longest step waits a minute, and for syncs that run.
PATIENCE = 1200
DONE = "--- done ---"
# Version 1 of the CLI, the one that is a package of Python, asks for SQS under an address of its own unless it is told on its command line.
AT_THE_EMULATOR = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }'


class Runbook:
    """A person at a shell with the runbook. What must stay true: no command is altered but for the values that a person fills in."""

    def __init__(self, stack: Stack, **values: str) -> None:
        """`values` are those of variables that have an example in the runbook."""
        self._text, self._values = RUNBOOK.read_text(), values
        tools = LOCAL / "venv" / "aws" / "bin"
        environment = stack.aws_environment() | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        self._log = (stack.home / "runbook.log").open("wb")
        self._shell = subprocess.Popen(
            ["bash", "-euo", "pipefail"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.run(AT_THE_EMULATOR)

    def __enter__(self) -> "Runbook":
        return self

    def __exit__(self, *_) -> None:
        self._shell.kill()
        self._shell.wait()
        self._log.close()

    def do(self, heading: str, number: int, what: str) -> str:
        """Runs a block of the commands under a heading, by its number from 0; returns what they said."""
        say(f"  runbook, {heading}: {what}")
        return self.run(self._block(heading, number))

    def alter(self, heading: str, number: int, words: dict[str, str]) -> str:
        """Runs a block in which some words are others, as the runbook tells in its text."""
        block = self._block(heading, number)
        for old, new in words.items():
            if block.count(old) != 1:
                raise Failed(f"docs/runbook.md, {heading}: {old} is expected once in\n{block}")
            block = block.replace(old, new)
        say(f"  runbook, {heading}: with {', '.join(words.values())}")
        return self.run(block)

    def run(self, commands: str) -> str:
        """Runs commands in the shell."""
        watch = threading.Timer(PATIENCE, self._shell.kill)
        watch.start()
        try:
            self._shell.stdin.write(f"{commands}\necho; echo '{DONE}'\n")
            self._shell.stdin.flush()
            said = []
            for line in self._shell.stdout:
                if line.rstrip("\n") == DONE:
                    return "".join(said)
                self._log.write(line.encode())
                said.append(line)
        except BrokenPipeError:
            said = []
        finally:
            watch.cancel()
        raise Failed(f"These commands of docs/runbook.md failed:\n{commands}\nThey said:\n{''.join(said[-40:])}")

    def _block(self, heading: str, number: int) -> str:
        found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", self._text, re.MULTILINE | re.DOTALL)
        blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", found[1] if found else "", re.MULTILINE | re.DOTALL)
        if len(blocks) <= number:
            raise Failed(f"docs/runbook.md has no commands {number + 1} under the heading {heading!r}.")
        indent, block = blocks[number]
        block = re.sub(rf"^{indent}", "", block, flags=re.MULTILINE)
        for name, value in self._values.items():
            block = re.sub(rf"(?<![\w$]){name}=[^\s;$]+", lambda _, name=name, value=value: f"{name}={value}", block)
        return block
