"""`make test`: everything that must hold before a change goes in.

Parts are left out by naming them: ZWM_SKIP=fmt,links,commits,secrets,build,dependencies,template,costs,unit,stack (the default leaves nothing out).
"""

import os
import re
import sys
import time
from pathlib import Path

import toolbox
from browser import browser
from build import build, cargo_environment
from console import Failed, check_by, elapsed, run, say, step
from contract import check_contract
from panel import check_panel, check_panel_style, check_panel_units
from processes import Processes, stop_orphans
from rights import check_rights
from scan import check_dependencies, check_secrets, check_template
from settings import LOCAL, ROOT, Stack
from stack import bring_up, write_stack_file

RUNNER = re.compile(r"^\s+(?:Running|Doc-tests) (.*?)(?: \(.*)?$")


def check_everything(stack: Stack) -> int:
    """Runs all parts in order; the first failure ends it. Whatever happens, the stack is taken down."""
    skipped = set(filter(None, os.environ.get("ZWM_SKIP", "").split(",")))
    timings: list[tuple[str, float]] = []

    def part(name: str, work) -> None:
        if name in skipped:
            say(f"[{elapsed():6.1f}s] Skipped: {name}")
            return
        begin = time.monotonic()
        work()
        timings.append((name, time.monotonic() - begin))

    stop_orphans(stack)
    toolbox.environment("faults")
    toolbox.environment("contract")
    browser()
    toolbox.check_free(*stack.ports)
    part("fmt", _format)
    part("links", _links)
    part("commits", _commits)
    part("secrets", check_secrets)
    part("build", lambda: build(all_targets=True))
    part("dependencies", check_dependencies)
    part("template", check_template)
    part("costs", _costs)
    part("unit", _unit)
    part("stack", lambda: _on_a_stack(stack))
    say("\nSlowest parts: " + ", ".join(f"{name} {took:.0f}s" for name, took in sorted(timings, key=lambda t: -t[1])))
    say(f"All passed in {elapsed():.0f}s.")
    return 0


def _format() -> None:
    with step("Format (cargo fmt --check)"):
        run(
            ["cargo", "fmt", "--all", "--check"],
            log=LOCAL / "logs" / "fmt.log",
            advice="`make fmt` puts it right.",
            cwd=ROOT,
        )
    ruff = str(toolbox.environment("lint") / "bin" / "ruff")
    for title, command in {"lints": ["check", "--quiet"], "format": ["format", "--check"]}.items():
        with step(f"Python: {title} (ruff)"):
            run(
                [ruff, *command],
                log=LOCAL / "logs" / "ruff.log",
                advice="`make fmt` puts right what can be done without thinking.",
                cwd=ROOT,
            )
    check_panel_style()


def _links() -> None:
    check_by(
        "local/links.py",
        title="Links between the Markdown files",
        advice="The file or heading has another name now, or none.",
    )


def _commits() -> None:
    check_by(
        "local/commits.py",
        title="Subjects of the commits",
        advice="CONTRIBUTING.md says how a subject is written; `git rebase -i` and `reword` put it right.",
        show=True,
    )


def _costs() -> None:
    check_by(
        "cost.py",
        "--check",
        title="Costs (docs/cost.md and scale.md are what infra/cost.py computes)",
        advice="The template, the prices or what was counted has changed: `make cost` writes the tables anew.",
    )


def _unit() -> None:
    check_panel_units()
    _cargo_test("Unit tests", ["--lib", "--bins"], "unit")
    _cargo_test("Examples in the documentation", ["--doc"], "doc")


def _on_a_stack(stack: Stack) -> None:
    processes = Processes(stack)
    try:
        description, _ = bring_up(stack, processes, 0)
        write_stack_file(stack, description)
        # These tests wait more than they compute.
        threads = str(5 * (os.cpu_count() or 1) // 2)
        extra = {"ZWM_STACK_JSON": str(stack.stack_file), "ZWM_PYTHON": sys.executable, "RUST_TEST_THREADS": threads}
        _cargo_test("Integration tests on the stack", ["--test", "*"], "integration", extra)
        check_panel(stack)
        alone = ["--test", "e2e", "--", "--ignored", "--test-threads", "1"]
        _cargo_test("Tests that run alone on the stack", alone, "alone", extra)
        check_contract(stack, description)
        check_rights(stack, description)
    except Failed as failure:
        kept = LOCAL / "logs" / "last-test-emulator.log"
        _copy(stack.home / "emulator.log", kept)
        raise Failed(f"{failure}\nThe emulator's log was kept: {kept}") from failure
    finally:
        with step("Taking the test stack down"):
            processes.stop_all()
            stack.stack_file.unlink(missing_ok=True)


def _cargo_test(title: str, selection: list[str], name: str, extra: dict[str, str] | None = None) -> None:
    log = LOCAL / "logs" / f"test-{name}.log"
    with step(title):
        run(
            ["cargo", "test", "--locked", "--workspace", *selection],
            log=log,
            advice="The failing test's output is above.",
            env={**cargo_environment(linting=True), **(extra or {})},
            cwd=ROOT,
            show=name == "integration",
        )
        _show_summaries(log)


def _show_summaries(log: Path) -> None:
    """The test runner's own last line for every binary that has tests."""
    source = ""
    for line in log.read_text(errors="replace").splitlines():
        if running := RUNNER.match(line):
            source = running[1]
        elif line.startswith("test result: ") and " 0 passed; 0 failed; 0 ignored" not in line:
            say(f"           {source}: {line.removeprefix('test result: ')}")


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
