"""Parquet: the one module that knows pyarrow."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pidgin_cli.files import whole_file
from pidgin_cli.tables.table import Column, Row

GROUP_ROWS = 50_000
GROUP_CHARACTERS = 16_000_000
"""A row group holds so many rows, or so many characters of text, whichever comes first."""

_SELDOM_TWICE = frozenset(
    {
        "id",
        "data",
        "extra",
        "content",
        "reasoning",
        "initial_prompt",
        "agents",
        "description",
        "detail",
        "error_message",
        "components",
        "messages_sha256",
        "request_id",
        "request",
    }
)
"""Columns whose texts hardly ever come again, so that a dictionary of them would only be larger."""


def parquet(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[bytes]:
    """Give the bytes of a file of the rows, piece by piece; holds one row group.

    Texts that come again are encoded by a dictionary.
    """
    import pyarrow.parquet

    schema, file = _schema(columns), _Gathered()
    repeated = [
        column.name
        for column in columns
        if column.type == "text" and column.name not in _SELDOM_TWICE
    ]
    options = {"compression": "zstd", "use_dictionary": repeated}
    with pyarrow.parquet.ParquetWriter(file, schema, **options) as writer:
        for group in _groups(rows, columns):
            writer.write_batch(_batch(group, columns, schema))
            yield file.taken()
    yield file.taken()


def write_parquet(
    rows: Iterable[Row], columns: Sequence[Column], path: Path, *, overwrite: bool = False
) -> None:
    """Write a file of the rows; holds one row group.

    The file is readable by its owner alone, and appears whole or not at all.

    Raises:
        UsageError: there is such a file already, and `overwrite` is not set.
        PidginError: the file cannot be written.
    """
    with whole_file(path, overwrite=overwrite) as stream:
        for piece in parquet(rows, columns):
            stream.write(piece)


class _Gathered(io.RawIOBase):
    """A file that keeps what is written until it is taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        """Say that it can be written."""
        return True

    def tell(self) -> int:
        """Give how much was written."""
        return self._position

    def write(self, data: Any) -> int:
        """Take bytes."""
        piece = bytes(data)
        self._pieces.append(piece)
        self._position += len(piece)
        return len(piece)

    def taken(self) -> bytes:
        """Give what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


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
    long = [place for place, column in enumerate(columns) if column.name in _SELDOM_TWICE]
    group: list[Row] = []
    characters = 0
    for row in rows:
        group.append(row)
        for place in long:
            characters += len(row[place] or "")
        if len(group) >= GROUP_ROWS or characters >= GROUP_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group
