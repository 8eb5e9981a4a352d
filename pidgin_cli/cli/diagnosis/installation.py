"""Whether everything that was to be installed is there."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from pidgin_cli.cli.diagnosis.finding import Finding
from pidgin_cli.cli.shipped import DISTRIBUTION, completion, manual_page
from pidgin_cli.errors import PidginError
from pidgin_cli.version import VERSION


def installation() -> Iterator[Finding]:
    """Look at Python, the libraries, and what comes beside the program."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield Finding("program", "ok", f"pidgin {VERSION} with Python {python}")
    yield from _libraries()
    try:
        manual_page(None)
        completion("bash")
    except PidginError as error:
        yield Finding("pages", "note", str(error), "install a wheel for man pages and completions")
    if shutil.which("pidgin") is None:
        yield Finding(
            "path", "note", "there is no pidgin on PATH", "add the folder of its scripts to PATH"
        )


def _libraries() -> Iterator[Finding]:
    try:
        wanted = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield Finding(
            "libraries", "note", f"{DISTRIBUTION} runs from a checkout that is not installed"
        )
        return
    names = [_name(each) for each in wanted if "extra ==" not in each]
    missing = [name for name in names if not _is_there(name)]
    if missing:
        command = f"pip install {' '.join(missing)}"
        yield Finding("libraries", "problem", f"missing: {', '.join(missing)}", command)
    else:
        yield Finding("libraries", "ok", f"all {len(names)} are there")


def _name(requirement: str) -> str:
    return requirement.replace(">", " ").replace("<", " ").replace(";", " ").split()[0].strip("=~!")


def _is_there(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
