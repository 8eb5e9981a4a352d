"""Rows as bytes, in each of the formats of tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal

from pidgin_cli.config.times import instant
from pidgin_cli.events.codec import encode_object
from pidgin_cli.export.chunks import chunks
from pidgin_cli.export.comma_separated import CommaSeparated
from pidgin_cli.tables.table import Column, Row

TableFormat = Literal["parquet", "csv", "jsonl"]
FORMATS: tuple[TableFormat, ...] = ("parquet", "csv", "jsonl")


def tabular(
    rows: Iterable[Row], columns: Sequence[Column], form: TableFormat, *, raw: bool = False
) -> Iterator[bytes]:
    """Give the rows as the bytes of a file; holds some thousand rows.

    Times are RFC 3339 in UTC in text, and of their own type in Parquet.

    Args:
        raw: leaves texts as they are that a spreadsheet could take for formulas.
    """
    tabulator = Tabular(columns, form, raw=raw)
    return tabulator.whole(map(tabulator.part, chunks(rows, columns)))


class Tabular:
    """Makes a file of rows in two steps, of which processes of their own can do the first."""

    def __init__(self, columns: Sequence[Column], form: TableFormat, *, raw: bool = False) -> None:
        self._columns = columns
        self._form = form
        self._names = [column.name for column in columns]
        self._times = [place for place, column in enumerate(columns) if column.type == "time"]
        self._csv = CommaSeparated(columns, raw=raw)
        self._make = self._maker()

    def part(self, rows: Sequence[Row]) -> Any:
        """Give what is made of some rows: their lines, or for Parquet their batch."""
        return self._make(rows)

    def whole(self, parts: Iterable[Any]) -> Iterator[bytes]:
        """Give the bytes of a file, each as soon as the format lets it."""
        if self._form == "parquet":
            from pidgin_cli.export.parquet import parquet

            yield from parquet(parts, self._columns)
            return
        if self._form == "csv":
            yield self._csv.head()
        yield from parts

    def _maker(self) -> Callable[[Sequence[Row]], Any]:
        match self._form:
            case "parquet":
                from pidgin_cli.export.parquet import Batches

                return Batches(self._columns).of
            case "csv":
                return self._csv.lines
            case _:
                return self._json_lines

    def _json_lines(self, rows: Sequence[Row]) -> bytes:
        return b"".join(map(self._json_line, rows))

    def _json_line(self, row: Row) -> bytes:
        values = dict(zip(self._names, row, strict=True))
        for place in self._times:
            if row[place] is not None:
                values[self._names[place]] = instant(row[place])
        return encode_object(values)
