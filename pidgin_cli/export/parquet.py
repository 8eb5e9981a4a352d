"""Parquet files: the one module that knows pyarrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pidgin_cli.files import whole_file
from pidgin_cli.tables.table import Column, Row

GROUP_ROWS = 50_000
GROUP_CHARACTERS = 16_000_000
"""A row group holds so many rows, or so many characters of text, whichever comes first."""


def write_parquet(
    rows: Iterable[Row], columns: Sequence[Column], path: Path, *, overwrite: bool = False
) -> int:
    """Write a table, and give the number of its rows; holds one row group.

    The file is readable by its owner alone, and appears whole or not at all.

    Raises:
        UsageError: there is such a file already, and `overwrite` is not set.
        PidginError: the file cannot be written.
    """
    written = 0
    with whole_file(path, overwrite=overwrite) as stream:
        import pyarrow.parquet

        schema = _schema(columns)
        with pyarrow.parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
            for group in _groups(rows, columns):
                writer.write_batch(_batch(group, columns, schema))
                written += len(group)
    return written


def _schema(columns: Sequence[Column]) -> Any:
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "time": pyarrow.timestamp("us", tz="UTC"),
    }
    return pyarrow.schema(
        [
            pyarrow.field(column.name, types[column.type], metadata={"meaning": column.meaning})
            for column in columns
        ]
    )


def _batch(rows: list[Row], columns: Sequence[Column], schema: Any) -> Any:
    import pyarrow

    arrays = [
        pyarrow.array(_values(column, values), field.type)
        for column, values, field in zip(columns, zip(*rows, strict=True), schema, strict=True)
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def _values(column: Column, values: Sequence[Any]) -> Sequence[Any]:
    if column.type != "time":
        return values
    return [None if value is None else round(value * 1_000_000) for value in values]


def _groups(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[list[Row]]:
    texts = [place for place, column in enumerate(columns) if column.type == "text"]
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(row)
        characters += sum(len(row[place] or "") for place in texts)
        if len(group) >= GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group
