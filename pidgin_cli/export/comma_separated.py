"""Comma-separated rows (RFC 4180) that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pidgin_cli.config.times import instants
from pidgin_cli.events.codec import encode_value
from pidgin_cli.export.chunks import SELDOM_TWICE
from pidgin_cli.tables.table import Column, Row

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What spreadsheets may take for the beginning of a formula, full-width letters included."""


def comma_separated(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], *, raw: bool = False, tabs: bool = False
) -> Iterator[bytes]:
    r"""Give a head and the rows as lines that end in `\n`, UTF-8; holds one row.

    Nothing is written for None, `true` and `false` for booleans, JSON for lists and objects. A text
    that a spreadsheet could take for a formula has an apostrophe put before it.

    Args:
        raw: leaves such texts as they are.
        tabs: puts tabs between the cells, and a space for each tab or newline within one.
    """
    lines: list[str] = []
    # The writer quotes what its own line end is made of, and gives a whole row at once.
    writer = csv.writer(_Rows(lines), "excel-tab" if tabs else "excel", lineterminator="\r\n")
    writer.writerow(columns)
    yield lines.pop().encode(errors="replace")
    for row in rows:
        cells = [
            value if value is None or type(value) is int else _cell(value, raw=raw) for value in row
        ]
        writer.writerow(map(_unbroken, cells) if tabs else cells)
        yield lines.pop().encode(errors="replace")


@dataclass(frozen=True, slots=True)
class _Rows:
    """Takes rows from a writer, and ends each with a newline alone."""

    lines: list[str]

    def write(self, row: str) -> None:
        """Take one row."""
        self.lines.append(row.removesuffix("\r\n") + "\n")


def _cell(value: Any, *, raw: bool) -> Any:
    if type(value) in (int, float):
        return value
    if type(value) is bool:
        return "true" if value else "false"
    text = value if isinstance(value, str) else encode_value(value).decode()
    return text if raw else _harmless(text)


def _harmless(text: str) -> str:
    """Give a text as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _unbroken(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value


class CommaSeparated:
    """The same of rows whose columns are typed, many rows at a time."""

    def __init__(self, columns: Sequence[Column], *, raw: bool = False) -> None:
        self._names = [column.name for column in columns]
        self._shown = [_shown(column, raw=raw) for column in columns]

    def head(self) -> bytes:
        """Give the line of the columns' names."""
        return next(comma_separated(self._names, ()))

    def lines(self, rows: Sequence[Row]) -> bytes:
        """Give the lines of rows."""
        columns = zip(*rows, strict=True)
        shown = [show(column) for show, column in zip(self._shown, columns, strict=True)]
        lines = "\n".join(map(",".join, zip(*shown, strict=True)))
        return f"{lines}\n".encode(errors="replace")


Show = Callable[[Sequence[Any]], Iterable[str]]
"""Gives the cells of a column as they stand in lines."""


def _shown(column: Column, *, raw: bool) -> Show:
    match column.type:
        case "time":
            return instants
        case "integer" | "number":
            return lambda values: ["" if value is None else repr(value) for value in values]
        case "boolean":
            return lambda values: map(_BOOLEANS.__getitem__, values)
    if column.name in SELDOM_TWICE:
        return lambda values: _texts(values, raw=raw)
    return lambda values: map(_Texts(raw=raw).__getitem__, values)


def _texts(texts: Sequence[str | None], *, raw: bool) -> Sequence[str]:
    """Give the cells of texts; what is true of all of them is seen at once."""
    if None in texts:
        return ["" if text is None else _text(text, raw=raw) for text in texts]
    known = cast("Sequence[str]", texts)
    if not raw and not {text[:1] for text in known}.isdisjoint(FORMULA_STARTS):
        return [_text(text, raw=raw) for text in known]
    if not _is_quoted(known[0]) and not _is_quoted("".join(known)):
        return known
    # Nearly all that is quoted is JSON, in which this stands first.
    return [_quoted(text) if '"' in text or _is_quoted(text) else text for text in known]


class _Texts(dict[str | None, str]):
    """The cells of texts that come again."""

    def __init__(self, *, raw: bool) -> None:
        super().__init__({None: ""})
        self._raw = raw

    def __missing__(self, text: str) -> str:
        cell = self[text] = _text(text, raw=self._raw)
        return cell


def _text(text: str, *, raw: bool) -> str:
    text = text if raw else _harmless(text)
    return _quoted(text) if _is_quoted(text) else text


def _is_quoted(text: str) -> bool:
    return '"' in text or "," in text or "\n" in text or "\r" in text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


_BOOLEANS = {None: "", True: "true", False: "false"}
