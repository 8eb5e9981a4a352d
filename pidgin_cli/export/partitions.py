"""A table as a folder of Parquet files, divided by the values of columns, as Hive names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pidgin_cli.export.parquet import GROUP_CHARACTERS, GROUP_ROWS, write_parquet
from pidgin_cli.files.whole import whole_folder
from pidgin_cli.tables.table import Column, Row

_NULL = "__HIVE_DEFAULT_PARTITION__"
Key = tuple[Any, ...]


def write_partitions(
    rows: Iterable[Row],
    columns: Sequence[Column],
    by: Sequence[str],
    path: Path,
    *,
    overwrite: bool = False,
) -> None:
    """Write the rows below a folder, as `column=value/…/part-0.parquet`; holds one row group.

    The folder appears whole or not at all. The columns of its names are not in its files.

    Raises:
        UsageError: there is such a folder, and `overwrite` is not set or it holds other files.
        PidginError: it cannot be written.
    """
    places = [_place(columns, name) for name in by]
    with whole_folder(path, overwrite=overwrite, suffix=".parquet") as folder:
        parts = _Parts(folder, columns, places)
        for row in rows:
            parts.add(row)
        parts.write_all()


@dataclass(slots=True)
class _Parts:
    """Rows that wait for being written, by their folders; when they are many, most are written."""

    folder: Path
    columns: Sequence[Column]
    places: Sequence[int]
    waiting: dict[Key, list[Row]] = field(default_factory=dict)
    written: dict[Key, int] = field(default_factory=dict)
    characters: int = 0
    rows: int = 0

    def add(self, row: Row) -> None:
        """Take one row."""
        key = tuple(row[place] for place in self.places)
        self.waiting.setdefault(key, []).append(row)
        self.rows += 1
        self.characters += sum(len(value) for value in row if type(value) is str)
        if self.rows >= GROUP_ROWS or self.characters >= GROUP_CHARACTERS:
            self.write_all()

    def write_all(self) -> None:
        """Write what waits, a file for each folder."""
        for key, rows in self.waiting.items():
            self._write(key, rows)
        self.waiting.clear()
        self.rows = self.characters = 0

    def _write(self, key: Key, rows: Sequence[Row]) -> None:
        number = self.written.get(key, 0)
        self.written[key] = number + 1
        names = [f"{self.columns[place].name}={_named(value)}" for place, value in self._pairs(key)]
        folder = self.folder.joinpath(*names)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = [place for place in range(len(self.columns)) if place not in self.places]
        write_parquet(
            (tuple(row[place] for place in kept) for row in rows),
            [self.columns[place] for place in kept],
            folder / f"part-{number}.parquet",
        )

    def _pairs(self, key: Key) -> Iterable[tuple[int, Any]]:
        return zip(self.places, key, strict=True)


def _place(columns: Sequence[Column], name: str) -> int:
    return [column.name for column in columns].index(name)


def _named(value: Any) -> str:
    if value is None or value == "":
        return _NULL
    # A name of dots alone would be another folder.
    return quote(str(value), safe="").replace(".", "%2E")
