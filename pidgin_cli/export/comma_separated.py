"""Comma-separated rows (RFC 4180) that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pidgin_cli.events.codec import encode_value

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
    return f"'{text}" if not raw and text.startswith(FORMULA_STARTS) else text


def _unbroken(value: Any) -> Any:
    return " ".join(value.split()) if isinstance(value, str) else value
