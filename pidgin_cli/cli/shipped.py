"""Pages and completions that come with the program: where they are, and how a page is shown."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pidgin_cli.cli.streams import STDOUT, is_terminal, write_all
from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import PidginError, UsageError

DISTRIBUTION = "pidgin-cli"
SHELLS = {"bash": "pidgin.bash", "zsh": "_pidgin", "fish": "pidgin.fish"}

Shell = Literal["bash", "zsh", "fish"]


def manual_page(name: str | None) -> Path:
    """Give the file of a page: of the program, of a command, or of a format.

    Raises:
        UsageError: there is no such page; says which there are.
        PidginError: the pages were not installed.
    """
    pages = {path.name: path for path in _shipped("man", "share/man") if _is_page(path)}
    if not pages:
        raise PidginError(f"the pages of {DISTRIBUTION} were not installed with it")
    titles = {_title(file): file for file in sorted(pages)}
    wanted = name or "pidgin"
    for title in (wanted, f"pidgin-{wanted}", f"{wanted}.yaml"):
        if title in titles:
            return pages[titles[title]]
    near = nearest(wanted, [title.removeprefix("pidgin-") for title in titles])
    hint = f"did you mean {near}? " if near else ""
    raise UsageError(f"no page {wanted!r}; {hint}there are {', '.join(titles)}")


def show_page(path: Path) -> None:
    """Become man on a terminal, where there is one; write the page to stdout otherwise."""
    if is_terminal(STDOUT) and shutil.which("man"):
        os.execvp("man", ["man", str(path)])
    write_all(path.read_bytes())


def completion(shell: Shell) -> Path:
    """Give the file that makes a shell complete.

    Raises:
        PidginError: it was not installed.
    """
    for path in _shipped("completions", "share"):
        if path.name == SHELLS[shell]:
            return path
    raise PidginError(f"the completions of {DISTRIBUTION} were not installed with it")


def _is_page(path: Path) -> bool:
    return path.suffix[1:].isdigit()


def _title(file: str) -> str:
    return file.rpartition(".")[0]


def _shipped(checkout: str, installed: str) -> Iterator[Path]:
    """Give the files of a folder of the checkout, or of those that the installation put there."""
    root = Path(__file__).parents[2]
    if (root / "pyproject.toml").exists():
        yield from (path for path in (root / checkout).iterdir() if path.is_file())
        return
    from importlib.metadata import PackageNotFoundError, files

    try:
        listed = files(DISTRIBUTION) or []
    except PackageNotFoundError:
        return
    yield from (
        Path(str(file.locate())) for file in listed if f"/{installed}/" in f"/{file.as_posix()}"
    )
