"""Rows as bytes, in each of the formats of tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from pidgin_cli.config.times import instant
from pidgin_cli.events.codec import encode_object
from pidgin_cli.export.comma_separated import comma_separated
from pidgin_cli.tables.table import Column, Row

TableFormat = Literal["parquet", "csv", "jsonl"]
FORMATS: tuple[TableFormat, ...] = ("parquet", "csv", "jsonl")


def tabular(
    rows: Iterable[Row], columns: Sequence[Column], form: TableFormat, *, raw: bool = False
) -> Iterator[bytes]:
    """Give the rows as the bytes of a file, each as soon as the format lets it.

    Times are RFC 3339 in UTC in text, and of their own type in Parquet.

    Args:
        raw: leaves texts as they are that a spreadsheet could take for formulas.
    """
    names = [column.name for column in columns]
    match form:
        case "parquet":
            from pidgin_cli.export.parquet import parquet

            yield from parquet(rows, columns)
        case "csv":
            yield from comma_separated(names, _readable(rows, columns), raw=raw)
        case "jsonl":
            for row in _readable(rows, columns):
                yield encode_object(dict(zip(names, row, strict=True)))


def _readable(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[Sequence[Any]]:
    """Give the rows with their times as text."""
    times = [place for place, column in enumerate(columns) if column.type == "time"]
    for row in rows:
        values = list(row)
        for place in times:
            if values[place] is not None:
                values[place] = instant(values[place])
        yield values
