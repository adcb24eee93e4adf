"""Links between the Markdown files of the checkout: each leads to a file that is there, and each anchor to a heading of it.

By itself: `python3 infra/local/links.py`. Addresses of other hosts are not asked.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

from settings import ROOT

FENCE = re.compile(r"\s*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})")
HEADING = re.compile(r" {0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$")
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
INLINE = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+[\"'(][^)]*)?\)")
DEFINED = re.compile(r"^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def broken(root: Path) -> list[str]:
    """Every link that leads nowhere, as `file: link (why)`."""
    found = []
    for page in _pages(root):
        text = _prose(page.read_text())
        for target in [*INLINE.findall(text), *DEFINED.findall(text)]:
            if not ELSEWHERE.match(target) and (why := _fault(root, page, target)):
                found.append(f"{page.relative_to(root)}: {target} ({why})")
    return found


def _fault(root: Path, page: Path, target: str) -> str | None:
    name, _, anchor = unquote(target).partition("#")
    file = (root / name.lstrip("/") if name.startswith("/") else page.parent / name).resolve() if name else page
    if root not in (file, *file.parents):
        return "outside the repository"
    if not file.exists():
        return "no such file"
    if anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
        return "no such heading"
    return None


def anchors(text: str) -> set[str]:
    """The names that GitHub gives to the headings of a text; the second of the same name gets `-1`, and so on."""
    names, seen = set(), Counter()
    for line in _without_fences(text).splitlines():
        if heading := HEADING.match(line):
            name = _slug(heading[1])
            names.add(f"{name}-{seen[name]}" if seen[name] else name)
            seen[name] += 1
    return names


def _slug(heading: str) -> str:
    """Small letters; of the rest only letters, digits, `_`, `-` and blanks stay, and blanks become `-`."""
    shown = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")


def _prose(text: str) -> str:
    """A text without what is code or a comment: no link is followed there."""
    return CODE.sub("", COMMENT.sub("", _without_fences(text)))


def _without_fences(text: str) -> str:
    kept, fence = [], None
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is None:
            kept.append(line)
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            fence = None
    return "\n".join(kept)


def _pages(root: Path) -> list[Path]:
    """The Markdown files of the checkout, new ones included, without what git ignores."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"]
    names = subprocess.run(listing, cwd=root, check=True, capture_output=True, text=True).stdout.splitlines()
    return [root / name for name in names if (root / name).is_file()]


if __name__ == "__main__":
    faults = broken(ROOT)
    print("\n".join(faults) or "All links lead somewhere.")
    sys.exit(bool(faults))
