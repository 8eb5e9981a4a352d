"""Sources: what was read of each log, and which logs have changed since, by one look at each."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

MARK = 1024
"""Bytes that are remembered of the end of what was read, to see whether they still stand."""

Status = tuple[int, int, int, int]
"""Inode, size, and the nanoseconds of the last writing and of the last change of a file."""


class LogFile(NamedTuple):
    """A log or an archive of the store, or a file elsewhere.

    Args:
        name: of the experiment in it; of a file elsewhere, what it is called.
        packed: whether it is an archive.
        stored: whether it is of the store.
    """

    name: str
    path: Path
    packed: bool
    stored: bool = True

    @property
    def twin(self) -> LogFile:
        """What stands in its place once it is packed, or unpacked."""
        path = self.path
        other = path.with_suffix("") if self.packed else path.with_name(f"{path.name}.gz")
        return self._replace(path=other, packed=not self.packed)

    @property
    def kind(self) -> str:
        """What it is called in the table of sources."""
        if not self.stored:
            return "file"
        return "archive" if self.packed else "log"


@dataclass(slots=True)
class Source:
    """A row of `sources`: what was read of a log, and what its file was like then."""

    id: int
    name: str
    kind: str
    identity: str
    indexed: int = 0
    lines: int = 0
    other_versions: int = 0
    checksum: int = 0
    mark: str = ""
    inode: int = 0
    size: int = 0
    modified: int = 0
    changed: int = 0


class Changes(NamedTuple):
    """What has to be done.

    Args:
        gone: sources whose files are not there as they were, by their names.
        changed: files that are not as they were when they were read, or were not read.
    """

    gone: dict[str, Source]
    changed: list[tuple[LogFile, Status]]


def changes(connection: sqlite3.Connection, files: Iterable[LogFile]) -> Changes | None:
    """Give what has changed since the database was made of these files; None for nothing."""
    gone = {s.name: s for s in read_sources(connection) if s.kind != "stream"}
    changed: list[tuple[LogFile, Status]] = []
    for file in files:
        with suppress(FileNotFoundError):
            file, status = _as_it_stands(file)
            source = gone.get(file.name)
            if source is not None and (source.kind, seen_status(source)) == (file.kind, status):
                del gone[file.name]
            else:
                changed.append((file, status))
    return Changes(gone, changed) if gone or changed else None


def _as_it_stands(file: LogFile) -> tuple[LogFile, Status]:
    """Give a file and its status, or those of the one in its place since it was listed."""
    try:
        return file, status_of(file.path)
    except FileNotFoundError:
        if not file.stored:
            raise
        twin = file.twin
        return twin, status_of(twin.path)


def read_sources(connection: sqlite3.Connection) -> list[Source]:
    """Give every source of a database."""
    names = ",".join(Source.__slots__)
    return [Source(*row) for row in connection.execute(f"select {names} from sources")]


def status_of(path: Path) -> Status:
    """Give what tells, without reading it, whether a file has changed."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def seen_status(source: Source) -> Status:
    """Give what the file of a source was like when it was read."""
    return source.inode, source.size, source.modified, source.changed


def marked(end: bytes) -> str:
    """Give the hash of some bytes."""
    return hashlib.blake2b(end, digest_size=16).hexdigest()
