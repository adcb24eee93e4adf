"""The browser of the panel's tests: the machine's Chromium, or else the one that a package of the panel ships.

CHROMIUM names another; `CHROMIUM=package` takes the package's where the machine has one, too.
"""

import os
import platform
import shutil
import sys
from pathlib import Path

import web
from console import Failed, run, step
from settings import LOCAL, ROOT

PLACES = ("chromium", "chromium-browser", "google-chrome")
PACKAGE = "package"
# It unpacks into the folder for temporary files, and its libraries only where it believes itself to be in a function of AWS.
UNPACK = 'import("@sparticuz/chromium").then(({ default: packed }) => packed.executablePath())'
FONTS = "<fontconfig><dir>{place}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{place}/fonts-cache</cachedir></fontconfig>\n"
START = """\
#!/bin/sh
export LD_LIBRARY_PATH="{place}/al2023/lib" FONTCONFIG_FILE="{place}/fonts.conf"
exec "{place}/chromium" "$@"
"""


def browser() -> Path:
    """What starts it."""
    named = os.environ.get("CHROMIUM") or None
    for name in (named,) if named else PLACES:
        if name != PACKAGE and (found := shutil.which(name)):
            return Path(found)
    if named not in (None, PACKAGE):
        raise Failed(f"CHROMIUM names no program: {named}")
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        raise Failed("Missing on this machine: Chromium (Debian: apt install chromium), or its path in CHROMIUM.")
    return _packaged()


def _packaged() -> Path:
    web.install()
    version = web.version("@sparticuz/chromium")
    place = LOCAL / "tools" / f"chromium-{version}"
    program = place / "start"
    if not program.exists():
        with step(f"Unpacking Chromium {version} into {place.relative_to(ROOT)}, this once"):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            run(
                ["node", "--eval", UNPACK],
                log=LOCAL / "logs" / "unpack-chromium.log",
                advice="Or install one (Debian: apt install chromium).",
                env={**os.environ, "TMPDIR": str(place), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"},
                cwd=web.WEB,
            )
            (place / "fonts.conf").write_text(FONTS.format(place=place))
            program.write_text(START.format(place=place))
            program.chmod(0o755)
    return program
