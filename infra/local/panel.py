"""The panel's own tests: what needs no browser, and the deployed pages in Chromium. And pictures of those."""

import os

import web
from browser import browser
from console import run, step
from settings import LOCAL, Stack


def check_panel_style() -> None:
    """Format and lints of the panel's sources; the compiler, when it is built, holds the rest."""
    web.install()
    with step("Panel: format (prettier)"):
        run(
            ["npx", "--no-install", "prettier", "--check", "."],
            log=LOCAL / "logs" / "prettier.log",
            advice="`make fmt` puts it right.",
            cwd=web.WEB,
        )
    with step("Panel: lints (eslint)"):
        run(
            ["npm", "run", "lint"],
            log=LOCAL / "logs" / "eslint.log",
            advice="The rule's name above leads to why.",
            cwd=web.WEB,
        )


def check_panel_units() -> None:
    """Logic of the panel, without a browser."""
    _vitest("Panel: unit tests (vitest)", "unit", {})


def check_panel(stack: Stack) -> None:
    """The panel in a browser, against the stack."""
    _in_browser("Panel: pages in Chromium (vitest, playwright)", "pages", stack)


def take_screenshots(stack: Stack) -> None:
    """Pictures of every page, in .local/screenshots, and the README's."""
    web.install()
    _in_browser("Panel: screenshots (vitest, playwright)", "screenshots", stack)


def _in_browser(title: str, project: str, stack: Stack) -> None:
    _vitest(title, project, {"ZWM_STACK_JSON": str(stack.stack_file), "CHROMIUM": str(browser())})


def _vitest(title: str, project: str, extra: dict[str, str]) -> None:
    with step(title):
        run(
            ["npx", "--no-install", "vitest", "run", "--project", project],
            log=LOCAL / "logs" / f"panel-{project}.log",
            advice="The failing test's output is above.",
            env={**os.environ, "NO_COLOR": "1", **extra},
            cwd=web.WEB,
            show=True,
        )
