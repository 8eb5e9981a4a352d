"""Writes the man pages from the table of commands and the prose in man/prose.

Run it after a command, an option or the prose has changed: `python man/generate.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from pidgin_cli.cli.app import COMMANDS, Row, app
from pidgin_cli.errors import ExitStatus
from pidgin_cli.index import schema
from pidgin_cli.version import VERSION

HERE = Path(__file__).parent
STATUSES = {
    ExitStatus.DONE: "done",
    ExitStatus.FAILED: "failed; one line on stderr says what and where",
    ExitStatus.USAGE: "wrong usage or configuration",
    ExitStatus.BAD_INPUT: "done, but bad input was reported and left out",
    ExitStatus.PAUSED: "paused by a rule; can be resumed",
    ExitStatus.LOCKED: "somebody else holds the lock; try again",
}
DATE = "2026-11-22"
"""When the pages last changed in substance."""
SIGNALS = (
    "130, 143, 129, 141: SIGINT, SIGTERM, SIGHUP or a closed stdout; everything was cleaned up, "
    "and the process was ended by the signal itself."
)


def pages() -> dict[str, str]:
    """Give the text of every page by the name of its file."""
    written = {"pidgin.1": "\n".join(_main_page()) + "\n"}
    for row in COMMANDS:
        written[f"pidgin-{row.name}.1"] = "\n".join(_page(row)) + "\n"
    written["pidgin-index.5"] = "\n".join(_schema_page()) + "\n"
    return written


def _main_page() -> Iterator[str]:
    yield from _head("pidgin", "record what language models say to each other, as events")
    yield ".SH SYNOPSIS"
    yield ".B pidgin\n.I command\n.RI [ option ...]"
    yield from _prose("pidgin")
    yield ".SH COMMANDS"
    for row in COMMANDS:
        yield f".TP\n.BR pidgin\\-{row.name} (1)\n{_text(row.summary)}"
    yield from _statuses()


def _page(row: Row) -> Iterator[str]:
    group: Any = get_command(app)
    command = group.get_command(None, row.name)
    yield from _head(f"pidgin-{row.name}", row.summary.rstrip(".").lower())
    yield ".SH SYNOPSIS"
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    yield f".B pidgin {row.name}\n.RI [ option ...]"
    for argument in arguments:
        yield f".I {_text(argument.metavar)}"
    yield ".SH DESCRIPTION"
    yield _paragraphs(inspect.cleandoc(command.help or ""))
    if arguments:
        yield ".SH ARGUMENTS"
        for argument in arguments:
            yield f".TP\n.I {_text(argument.metavar)}\n{_text(argument.help)}"
    yield ".SH OPTIONS"
    for option in command.params:
        if option.param_type_name == "option":
            yield from _option(option)
    yield ".TP\n.BR \\-h , \\-\\-help\nShow all of this in short."
    yield from _prose(f"pidgin-{row.name}")
    yield from _statuses()
    yield ".SH SEE ALSO\n.BR pidgin (1)"


def _schema_page() -> Iterator[str]:
    """Give the page about the database: every table, every column, every view."""
    yield from _head("pidgin-index", "tables of the index", "5", "File Formats")
    yield from _prose("pidgin-index.5")
    yield ".SH TABLES"
    for name, (table, _) in schema.DOCUMENTED.items():
        yield f".SS {name}\n{_text(table.meaning)}"
        for column in schema.columns(name):
            meaning = column.meaning[0].upper() + column.meaning[1:]
            yield f".TP\n\\fB{_text(column.name)}\\fR, {column.type}\n{_text(meaning)}."
    yield ".SH VIEWS"
    for name, meaning in schema.VIEW_MEANINGS.items():
        yield f".TP\n.B {name}\n{_text(meaning)}"
    yield ".SH SEE ALSO\n.BR pidgin\\-index (1),\n.BR pidgin\\-query (1)"


def _head(
    name: str, summary: str, section: str = "1", manual: str = "User Commands"
) -> Iterator[str]:
    yield f'.TH {_text(name).upper()} {section} {DATE} "pidgin {VERSION}" "{manual}"'
    yield f".SH NAME\n{_text(name)} \\- {_text(summary)}"


def _option(option: Any) -> Iterator[str]:
    names = [*option.opts, *option.secondary_opts]
    flags = ", ".join(f"\\fB{_text(name)}\\fR" for name in names)
    value = "" if option.is_flag else f" \\fI{_text(_metavar(option))}\\fR"
    default = option.default
    known = "" if default in (None, False, True) else f" Default: {default}."
    yield f".TP\n{flags}{value}\n{_text((option.help or '') + known)}"


def _metavar(option: Any) -> str:
    choices = getattr(option.type, "choices", None)
    return option.metavar or "|".join(map(str, choices or ()))


def _prose(name: str) -> Iterator[str]:
    path = HERE / "prose" / f"{name}.roff"
    if path.exists():
        yield path.read_text(encoding="utf-8").rstrip("\n")


def _statuses() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    for status, meaning in STATUSES.items():
        yield f".TP\n.B {status.value}\n{_text(meaning[0].upper() + meaning[1:])}."
    yield f".PP\n{_text(SIGNALS)}"


def _paragraphs(text: str) -> str:
    return "\n.PP\n".join(_text(" ".join(part.split())) for part in text.split("\n\n"))


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    for file, page in pages().items():
        (HERE / file).write_text(page, encoding="utf-8")
