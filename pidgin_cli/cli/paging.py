"""Showing a page of the manual: by man to a person, as it is to anything else."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pidgin_cli.cli.streams import STDOUT, is_terminal, write_all


def show_page(path: Path) -> None:
    """Become man on a terminal, where there is one; write the page to stdout otherwise."""
    if is_terminal(STDOUT) and shutil.which("man"):
        os.execvp("man", ["man", str(path)])
    write_all(path.read_bytes())
