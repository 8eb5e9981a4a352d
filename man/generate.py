"""Writes the man pages from the table of commands and the prose in man/prose.

Run it after a command, an option or the prose has changed: `python man/generate.py`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from typer.main import get_command

from pidgin_cli.cli.app import COMMANDS, Row, app
from pidgin_cli.errors import ExitStatus
from pidgin_cli.events.kinds import KINDS
from pidgin_cli.index import schema
from pidgin_cli.version import VERSION

HERE = Path(__file__).parent
CONFIG = HERE.parent / "pidgin_cli" / "config"
_QUOTED = re.compile("`([^`]+)`")
_VALUES = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "true or false",
    NoneType: "null",
    Any: "anything",
}
STATUSES = {
    ExitStatus.DONE: "done",
    ExitStatus.FAILED: "failed; one line on stderr says what and where",
    ExitStatus.USAGE: "wrong usage or configuration",
    ExitStatus.BAD_INPUT: "done, but bad input was reported and left out",
    ExitStatus.PAUSED: "paused by a rule; can be resumed",
    ExitStatus.LOCKED: "somebody else holds the lock; try again",
}
DATE = "2026-11-24"
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
    formats = {
        "pidgin-events.5": _events_page,
        "pidgin-index.5": _schema_page,
        "pidgin.yaml.5": _configuration_page,
    }
    written |= {name: "\n".join(page()) + "\n" for name, page in formats.items()}
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
    yield from _head(f"pidgin-{row.name}", row.summary[0].lower() + row.summary[1:].rstrip("."))
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
    yield '.TP\n.BR \\-h ", " \\-\\-help\nShow all of this in short.'
    yield from _prose(f"pidgin-{row.name}")
    yield from _statuses()
    yield ".SH SEE ALSO\n.BR pidgin (1)"


def _events_page() -> Iterator[str]:
    """Give the page about the line and the kinds of events, from the kinds themselves."""
    yield from _head("pidgin-events", "the events of pidgin, as JSON lines", "5", "File Formats")
    yield from _prose("pidgin-events.5")
    yield ".SH KINDS"
    yield "Keys in square brackets may be missing."
    for kind in KINDS.values():
        yield f".SS {_text(kind.type)}\n{_paragraphs(inspect.cleandoc(kind.payload.__doc__ or ''))}"
        hints = get_type_hints(kind.payload, include_extras=True)
        for name, hint in hints.items():
            optional = get_origin(hint) is NotRequired
            shown = f"[{name}]" if optional else name
            yield f".TP\n.B {_text(shown)}\n{_text(_kind_of_value(hint))}"
    yield ".SH SEE ALSO\n.BR pidgin (1),\n.BR pidgin\\-check (1),\n.BR pidgin\\-redact (1)"


def _kind_of_value(hint: Any) -> str:
    """Give what stands behind a key, in the words of JSON."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return _kind_of_value(arguments[0])
    if origin is Literal:
        return ", ".join(map(str, arguments[:-1])) + f" or {arguments[-1]}"
    if origin in (list, tuple):
        return f"list of {_kind_of_value(arguments[0])}"
    if origin in (Union, UnionType):
        return " or ".join(map(_kind_of_value, arguments))
    if is_typeddict(hint):
        keys = get_type_hints(hint, include_extras=True)
        return f"object of {', '.join(keys)}"
    return _VALUES.get(hint, "object")


def _configuration_page() -> Iterator[str]:
    """Give the page about the configuration, from the file that `pidgin config init` makes."""
    yield from _head("pidgin.yaml", "the configuration of pidgin", "5", "File Formats")
    yield from _prose("pidgin.yaml.5")
    yield ".SH KEYS\nEach key stands here with its default.\n.PP\n.nf"
    lines = (CONFIG / "starter.yaml").read_text(encoding="utf-8").splitlines()
    for line in lines[lines.index("#") + 1 :]:
        yield _text(line[1:]) or "\\&"
    yield ".fi\n.SH SEE ALSO\n.BR pidgin (1),\n.BR pidgin\\-config (1)"


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
    parts = [_text(" ".join(part.split())) for part in text.split("\n\n")]
    return _QUOTED.sub(r"\\fI\1\\fR", "\n.PP\n".join(parts))


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    for file, page in pages().items():
        (HERE / file).write_text(page, encoding="utf-8")
