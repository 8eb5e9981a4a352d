"""Stores for tests of the index: logs that grow line by line, and databases laid open."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

from pidgin_cli.cli.indexing import Indexing, index_file
from pidgin_cli.index import schema
from pidgin_cli.index.database import IndexFile
from pidgin_cli.index.places import LOG_BYTES
from pidgin_cli.store.folder import ARCHIVE_SUFFIX, LOG_SUFFIX, Folder
from tests.views.logs import log

KINDS = ("complete", "crashed", "resumed", "interrupted", "failed")
_OF_THE_FILE = ("id", "inode", "size", "modified", "changed")


def lines(experiment_id: str) -> Iterator[bytes]:
    """Give lines without end; no two logs, and no two places of one, have the same."""
    for number in count():
        kind = KINDS[number % len(KINDS)]
        for place, line in enumerate(log(kind).splitlines(keepends=True)):
            line = line.replace(f'"exp_{kind}"'.encode(), f'"{experiment_id}"'.encode())
            yield line.replace(b"0f0f0f0f0f0f0f0f", b"%08x%08x" % (number, place))


class Store:
    """A folder of logs, and what may happen to them."""

    def __init__(self, root: Path) -> None:
        root.mkdir(exist_ok=True)
        self.folder = Folder(root)
        self._lines: dict[str, Iterator[bytes]] = {}

    def log(self, name: str) -> Path:
        return self.folder.root / f"{name}{LOG_SUFFIX}"

    def archive(self, name: str) -> Path:
        return self.folder.root / f"{name}{ARCHIVE_SUFFIX}"

    def append(self, name: str, how_many: int, *, torn: bool = False) -> None:
        """Write further lines, the last one perhaps only half."""
        more = self._lines.setdefault(name, lines(name))
        data = b"".join(next(more) for _ in range(how_many))
        with self.log(name).open("ab") as file:
            file.write(data[: -len(data) // 8] if torn else data)

    def write(self, name: str, data: bytes) -> None:
        self.log(name).write_bytes(data)

    def compress(self, name: str) -> None:
        self.archive(name).write_bytes(gzip.compress(self.log(name).read_bytes(), mtime=0))
        self.log(name).unlink()

    def unpack(self, name: str) -> None:
        self.log(name).write_bytes(gzip.decompress(self.archive(name).read_bytes()))
        self.archive(name).unlink()

    def index(self, *, rebuild: bool = False) -> Indexing:
        indexing = Indexing(self.folder, index_file(self.folder, None), rebuild=rebuild)
        indexing.once()
        return indexing

    @property
    def database(self) -> Path:
        return self.folder.root / "index.db"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        return rows(self.database, query, *values)

    def rebuilt(self) -> dict[str, list[tuple[Any, ...]]]:
        """Lay open what an index is like that is made from nothing."""
        other = self.folder.root / "rebuilt.db"
        Indexing(self.folder, IndexFile(other), rebuild=True).once()
        return laid_open(other)


def rows(database: Path, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query, values).fetchall()


def laid_open(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Give all rows of all tables, with names of sources for their numbers; the search is checked.

    What depends on the file, and not on what stands in it, is left out.
    """
    with closing(sqlite3.connect(database)) as connection:
        assert [("ok",)] == connection.execute("pragma integrity_check").fetchall()
        assert [] == connection.execute("pragma foreign_key_check").fetchall()
        connection.execute("insert into messages_fts (messages_fts) values ('integrity-check')")
        names = dict(connection.execute("select id, name from sources"))
        return {table: _rows(connection, table, names) for table in schema.DOCUMENTED} | {
            "words": connection.execute(WORDS).fetchall()
        }


WORDS = """
    select experiment_id, position from messages_fts join messages on messages_fts.rowid = place
    where messages_fts match 'sentence' order by 1, 2"""


def _rows(connection: sqlite3.Connection, table: str, names: dict[int, str]) -> list[Any]:
    columns = [c.name for c in schema.columns(table)]
    kept = [name for name in columns if table != "sources" or name not in _OF_THE_FILE]

    def plain(name: str, value: Any) -> Any:
        if name == "source" and isinstance(value, int):
            return names[value]
        if name in ("place", "experiment") and isinstance(value, int):
            return names[value // LOG_BYTES], value % LOG_BYTES
        return value

    found = connection.execute(f"select {','.join(kept)} from {table}")
    return sorted(
        (tuple(plain(name, value) for name, value in zip(kept, row, strict=True)) for row in found),
        key=repr,
    )
