"""Showing a page of the manual: by man to a person, as it is to anything else."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from pidgin_cli.cli.streams import STDOUT, is_terminal, write_all

PAGERS = ("less", "more")


def show_page(path: Path) -> None:
    """Show a page to a person on a terminal; write it to stdout otherwise.

    This becomes man where there is one. Small systems have none, and are shown the page as text.
    """
    if not is_terminal(STDOUT):
        write_all(path.read_bytes())
        return
    if shutil.which("man"):
        os.execvp("man", ["man", str(path)])
    from pidgin_cli.views.manual import readable

    columns = shutil.get_terminal_size().columns
    lines = readable(path.read_text(encoding="utf-8"), columns)
    _show("".join(f"{line}\n" for line in lines).encode())


def _show(text: bytes) -> None:
    """Show a text a screen at a time, by the reader's own pager or one that is there."""
    named = shlex.split(os.environ.get("PAGER", ""))
    pager = next((each for each in (*named[:1], *PAGERS) if shutil.which(each)), None)
    if pager is None:
        write_all(text)
        return
    subprocess.run([pager, *(named[1:] if named[:1] == [pager] else ())], input=text, check=False)
