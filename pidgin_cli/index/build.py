"""Bringing the database up to date with the logs: what is new is read, what is gone is removed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from pidgin_cli.errors import StoreError
from pidgin_cli.index.intake import Intake, Source, whole_lines
from pidgin_cli.index.logs import (
    LogFile,
    News,
    Status,
    Unpack,
    identity,
    identity_of,
    news_of,
    plain_blocks,
    seen_status,
    status_of,
)
from pidgin_cli.index.writing import remove_source

COMMITTED = 32_000_000
"""Bytes of a log after which what was read of it is committed."""

UNSETTLED = 100_000_000
"""Nanoseconds after it was written within which a file may change without its time showing it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell.

    Args:
        bad_line: is told of each bad line: its source, number, offset, and what is wrong.
        failure: is told what cannot be read.
    """

    bad_line: Callable[[str, int, int, str], None]
    failure: Callable[[str], None]


class Builder:
    """Brings one database up to date.

    Args:
        unpack: gives the bytes of an archive.
    """

    def __init__(self, connection: sqlite3.Connection, unpack: Unpack, telling: Telling) -> None:
        self._connection = connection
        self._unpack = unpack
        self._telling = telling

    def update(self, files: Iterable[LogFile]) -> None:
        """Take in what the logs have that the database has not, and forget what they have not."""
        gone = {source.name: source for source in self._sources() if source.kind != "stream"}
        changed: list[tuple[LogFile, Status]] = []
        for file in files:
            with suppress(FileNotFoundError):
                status = status_of(file.path)
                source = gone.get(file.name)
                same = source is not None and seen_status(source) == status
                if same and source is not None and source.kind == file.kind:
                    del gone[file.name]
                else:
                    changed.append((file, status))
        if gone or changed:
            self._match(gone, changed)

    def stream(self, read: Callable[[Callable[[], None]], Iterator[bytes]]) -> None:
        """Take in a stream to its end; what has come is committed whenever more is waited for.

        A stream that begins like one that was read before takes its place.

        Args:
            read: gives its bytes, and calls what it is given whenever it would block.
        """
        intake: Intake | None = None
        pieces: list[bytes] = []

        def commit() -> None:
            if intake is not None and self._connection.in_transaction:
                intake.commit()

        for block in read(commit):
            end = block.rfind(b"\n") + 1
            pieces.append(block[:end] if end else block)
            if not end:
                continue
            whole, pieces = b"".join(pieces), [block[end:]]
            intake = intake or self._begin_stream(whole)
            intake.take(whole)
        rest = b"".join(pieces)
        if rest:
            intake = intake or self._begin_stream(rest + b"\n")
            intake.take_rest(rest)
        commit()

    def _begin_stream(self, head: bytes) -> Intake:
        known = identity(head) or ""
        self._begin()
        for source in self._sources():
            if source.kind == "stream" and source.identity == known:
                remove_source(self._connection, source.id)
        return self._intake(Source(self._new_id(), "stdin", "stream", known))

    def _match(self, gone: dict[str, Source], changed: list[tuple[LogFile, Status]]) -> None:
        """Find the source of each file that changed; those that are left have no file any more."""
        plan: list[tuple[LogFile, Status, Source | None, str]] = []
        for file, status in changed:
            try:
                known = identity_of(file, self._unpack)
            except FileNotFoundError:
                continue
            except (OSError, StoreError) as error:
                # What was read of it before is kept until it can be read again.
                gone.pop(file.name, None)
                self._telling.failure(
                    str(error)
                    if isinstance(error, StoreError)
                    else (f"cannot read {file.path}: {error.strerror}")
                )
                continue
            if known is not None:
                plan.append((file, status, _take(gone, file.name, known), known))
        for left in gone.values():
            self._begin()
            remove_source(self._connection, left.id)
            self._connection.execute("commit")
        for file, status, source, known in plan:
            self._read(file, status, source, known)

    def _read(self, file: LogFile, status: Status, found: Source | None, known: str) -> None:
        news = None if found is None else news_of(found, file, self._unpack)
        self._begin()
        if found is not None and news is None:
            remove_source(self._connection, found.id)
            found = None
        source = found or Source(self._new_id(), file.name, file.kind, known)
        if news is None:
            whole = self._unpack(file.path) if file.packed else plain_blocks(file.path, 0)
            news = News(b"", whole)
        if source.name != file.name:
            self._connection.execute(
                "update experiments set name = ? where source = ?", (file.name, source.id)
            )
        source.name, source.kind = file.name, file.kind
        intake = self._intake(source, news.end)
        try:
            self._take(intake, news.blocks)
        except StoreError as error:
            self._telling.failure(str(error))
        source.inode, source.size, source.modified, source.changed = _settled(status)
        intake.commit()

    def _take(self, intake: Intake, blocks: Iterator[bytes]) -> None:
        committed = intake.source.indexed
        for block in whole_lines(blocks):
            intake.take(block)
            if intake.source.indexed - committed > COMMITTED:
                committed = intake.source.indexed
                intake.commit()

    def _intake(self, source: Source, end: bytes = b"") -> Intake:
        def report(number: int, offset: int, reason: str) -> None:
            self._telling.bad_line(source.name, number, offset, reason)

        return Intake(self._connection, source, report, end)

    def _sources(self) -> list[Source]:
        names = ",".join(Source.__slots__)
        return [Source(*row) for row in self._connection.execute(f"select {names} from sources")]

    def _new_id(self) -> int:
        found = self._connection.execute("select coalesce(max(id), 0) + 1 from sources")
        number: int = found.fetchone()[0]
        return number

    def _begin(self) -> None:
        self._connection.execute("begin immediate")


def _take(gone: dict[str, Source], name: str, known: str) -> Source | None:
    """Take out the source that has this identity: that of the same name before any other."""
    same_name = gone.get(name)
    if same_name is not None and same_name.identity == known:
        return gone.pop(name)
    for other, source in gone.items():
        if source.identity == known:
            return gone.pop(other)
    return None


def _settled(status: Status) -> Status:
    """Give the status of a file; without its time where a later writing could have the same."""
    inode, size, _, changed = status
    if time.time_ns() - changed < UNSETTLED:
        return inode, size, 0, changed
    return status
