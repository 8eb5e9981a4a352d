"""Parquet: the one module that knows pyarrow."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pidgin_cli.export.chunks import SELDOM_TWICE, chunks
from pidgin_cli.files.whole import whole_file
from pidgin_cli.tables.table import Column, Row

GROUP_ROWS = 50_000
GROUP_CHARACTERS = 16_000_000
"""A row group holds so many rows, or so many characters of text, whichever comes first."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as a message of Arrow, which costs nothing to hand over and to read.

    Args:
        characters: of their long texts.
    """

    message: bytes
    characters: int


class Batches:
    """Makes batches of rows."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._schema = _schema(columns)
        self._long = _long(columns)

    def of(self, rows: Sequence[Row]) -> Batch:
        """Give the batch of some rows."""
        import pyarrow

        values = list(zip(*rows, strict=True))
        arrays = [
            pyarrow.array(_values(column, each), field.type)
            for column, each, field in zip(self._columns, values, self._schema, strict=True)
        ]
        characters = sum(sum(map(len, filter(None, values[place]))) for place in self._long)
        record = pyarrow.RecordBatch.from_arrays(arrays, schema=self._schema)
        return Batch(record.serialize().to_pybytes(), characters)


def parquet(batches: Iterable[Batch], columns: Sequence[Column]) -> Iterator[bytes]:
    """Give the bytes of a file of the batches, piece by piece; holds one row group.

    Texts that come again are encoded by a dictionary.
    """
    import pyarrow.parquet

    file = _Gathered()
    repeated = [
        column.name
        for column in columns
        if column.type == "text" and column.name not in SELDOM_TWICE
    ]
    options = {"compression": "zstd", "use_dictionary": repeated}
    with pyarrow.parquet.ParquetWriter(file, _schema(columns), **options) as writer:
        for group in _groups(batches, columns):
            writer.write_batch(group)
            # Nothing of it is to be held while the next one grows.
            del group
            yield file.taken()
    yield file.taken()


def load() -> None:
    """Load what writes Parquet, which takes a while."""
    import pyarrow.parquet  # noqa: F401


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
        for piece in parquet(map(Batches(columns).of, chunks(rows, columns)), columns):
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


def _long(columns: Sequence[Column]) -> list[int]:
    return [place for place, column in enumerate(columns) if column.name in SELDOM_TWICE]


def _values(column: Column, values: Sequence[Any]) -> Sequence[Any]:
    if column.type != "time":
        return values
    return [None if value is None else round(value * 1_000_000) for value in values]


def _groups(batches: Iterable[Batch], columns: Sequence[Column]) -> Iterator[Any]:
    """Give the row groups, which end at the same rows whatever the batches are."""
    from pyarrow.ipc import read_record_batch

    schema, long = _schema(columns), _long(columns)
    group: list[Any] = []
    rows = characters = 0
    for batch in batches:
        record, more = read_record_batch(batch.message, schema), batch.characters
        while rows + record.num_rows >= GROUP_ROWS or characters + more >= GROUP_CHARACTERS:
            lengths = _lengths(record, long)
            cut = _cut(lengths, rows, characters)
            group.append(record.slice(0, cut))
            yield _joined(group)
            record, more = record.slice(cut), sum(lengths[cut:])
            rows = characters = 0
        if record.num_rows:
            group.append(record)
            rows += record.num_rows
            characters += more
    if group:
        yield _joined(group)


def _cut(lengths: Sequence[int], rows: int, characters: int) -> int:
    """Give how many more rows fill a group up."""
    for count, length in enumerate(lengths, 1):
        characters += length
        if rows + count >= GROUP_ROWS or characters >= GROUP_CHARACTERS:
            return count
    return len(lengths)


def _lengths(record: Any, long: Sequence[int]) -> list[int]:
    """Give the characters of each row."""
    lengths = [0] * record.num_rows
    for place in long:
        texts = record.column(place).to_pylist()
        lengths = [length + len(text or "") for length, text in zip(lengths, texts, strict=True)]
    return lengths


def _joined(records: list[Any]) -> Any:
    """Give them as one, and leave none in the list, for both together take much memory."""
    import pyarrow

    (record,) = pyarrow.Table.from_batches(records).combine_chunks().to_batches()
    records.clear()
    return record
