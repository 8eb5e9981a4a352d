"""Bringing a database up to date: what is new is read, and what is gone is removed."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass

from pidgin_cli.errors import StoreError
from pidgin_cli.events.lines import whole_lines
from pidgin_cli.index import parts
from pidgin_cli.index.intake import Intake
from pidgin_cli.index.logs import Unpack, all_blocks, identity, identity_of, news_of
from pidgin_cli.index.places import first_place
from pidgin_cli.index.sources import Changes, LogFile, Source, Status, read_sources
from pidgin_cli.index.writing import Rows, make_searchable, remove_source, settle
from pidgin_cli.processes.crew import on_processes

COMMITTED = 32_000_000
"""Bytes of a log after which what was read of it is committed."""

ADDED = 8_000_000
"""Bytes of parts after which what was added is committed."""

SMALL = 8_000_000
"""Bytes of a log up to which it may be read by another process."""

WORTH_A_CREW = 4_000_000
"""Bytes of new logs from which on other processes are worth their start."""

SHARE = 1_000_000
"""Bytes of logs that are read by another process at once, at least."""

MOST_SHARED = 6_000_000
"""Bytes of logs past which no more are read by another process at once."""

MOST_PROCESSES = 8
"""Processes that make parts, at most: one process adds what all of them make."""

PACKED = 10
"""How many times its own size an archive holds, at most times."""

UNSETTLED = 100_000_000
"""Nanoseconds after it was written within which a file may change without its time showing it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """Whom to tell.

    Args:
        bad_line: is told of each bad line: its source, number, offset, and what is wrong.
        failure: is told what cannot be read.
        note: is told what else a person should know.
    """

    bad_line: Callable[[str, int, int, str], None]
    failure: Callable[[str], None]
    note: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is new or has changed: what it is like now, and the hash of its first line."""

    file: LogFile
    status: Status
    identity: str

    @property
    def size(self) -> int:
        """Bytes of its content, about: an archive holds several times its own."""
        return self.status[1] * (PACKED if self.file.packed else 1)

    def source(self, number: int, *, read: bool = False) -> Source:
        """Give the source that it becomes.

        Args:
            read: whether what it is like is noted already.
        """
        source = Source(number, self.file.name, self.file.kind, self.identity)
        if read:
            self.note_in(source)
        return source

    def note_in(self, source: Source) -> None:
        """Note what it is like; without its time where a later writing could have the same."""
        source.inode, source.size, source.modified, source.changed = self.status
        if time.time_ns() - source.changed < UNSETTLED:
            source.modified = 0


class Builder:
    """Brings one database up to date.

    Args:
        unpack: gives the bytes of an archive.
        cores: processors that are used where much is new; no thread may run where several are.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        unpack: Unpack,
        telling: Telling,
        cores: int = 1,
    ) -> None:
        self._connection = connection
        self._rows = Rows(connection)
        self._unpack = unpack
        self._telling = telling
        self._cores = cores

    def take_in(self, changes: Changes) -> None:
        """Take in what changed, and forget what is gone."""
        gone, new, known_again = changes.gone, [], []
        for file, status in changes.changed:
            try:
                known = identity_of(file, self._unpack)
            except StoreError as error:
                if file.path.exists():
                    # What was read of it before is kept until it can be read again.
                    gone.pop(file.name, None)
                    self._telling.failure(str(error))
                continue
            if known is not None:
                change = Change(file, status, known)
                source = _taken_out(gone, file.name, known)
                if source is None:
                    new.append(change)
                else:
                    known_again.append((change, source))
        self._forget(gone.values())
        for change, source in known_again:
            # What is gone since it was looked at is removed the next time.
            with suppress(FileNotFoundError):
                self._go_on(change, source)
        for change in self._read_by_a_crew(new):
            self._read(change)

    def stream(self, read: Callable[[Callable[[], None]], Iterator[bytes]]) -> None:
        """Take in a stream to its end; what has come is committed whenever more is waited for.

        A stream that begins like one that was read before takes its place.

        Args:
            read: gives its bytes, and calls what it is given whenever it would block.
        """
        intake: Intake | None = None

        def commit() -> None:
            if intake is not None and self._connection.in_transaction:
                intake.commit()

        for block in whole_lines(read(commit)):
            if block.endswith(b"\n"):
                intake = intake or self._begin_stream(block)
                intake.take(block)
            else:
                intake = intake or self._begin_stream(block + b"\n")
                intake.take_rest(block)
            self._tell_bad_lines("stdin", intake.bad_lines)
        commit()
        if intake is not None:
            self._tell("stdin", intake.bad_lines, intake.other_versions)

    def _begin_stream(self, head: bytes) -> Intake:
        known = identity(head) or ""
        self._begin()
        for source in read_sources(self._connection):
            if source.kind == "stream" and source.identity == known:
                remove_source(self._connection, source.id)
        return Intake(self._rows, Source(self._new_id(), "stdin", "stream", known))

    def _forget(self, gone: Iterable[Source]) -> None:
        for source in gone:
            self._begin()
            remove_source(self._connection, source.id)
            self._connection.execute("commit")

    def _go_on(self, change: Change, source: Source) -> None:
        """Take in what is new of a source, or all of it where what was read does not stand."""
        news = news_of(source, change.file, self._unpack)
        self._begin()
        if news is None:
            remove_source(self._connection, source.id)
            self._read(change)
            return
        if source.name != change.file.name:
            self._connection.execute(
                "update experiments set name = ? where source = ?", (change.file.name, source.id)
            )
        source.name, source.kind = change.file.name, change.file.kind
        self._take(Intake(self._rows, source, news.end), news.blocks, change)

    def _read(self, change: Change) -> None:
        """Take in a file of which nothing was read."""
        blocks = all_blocks(change.file, self._unpack)
        self._take(Intake(self._rows, change.source(self._new_id())), blocks, change)

    def _read_by_a_crew(self, changes: list[Change]) -> list[Change]:
        """Take in small files together, where they are many, and give the others."""
        small = [change for change in changes if change.size <= SMALL]
        enough = sum(change.size for change in small) >= WORTH_A_CREW
        if self._cores < 2 or not enough or not parts.CAN_BE_MADE:
            return changes
        count = min(self._cores, MOST_PROCESSES)
        shares = list(_shares(small, self._new_id(), count))
        made = on_processes(self._made_of, shares, count=count)
        with parts.receiving(self._connection), closing(made):
            self._add(shares, made)
        return [change for change in changes if change.size > SMALL]

    def _made_of(self, share: list[parts.Task]) -> Iterator[parts.Part]:
        yield parts.made_of(share, self._unpack)

    def _add(self, shares: list[list[parts.Task]], made: Iterable[parts.Part]) -> None:
        """Add the parts that were made of the shares, and commit many of them at a time."""
        first, size, left = shares[0][0].source.id, 0, len(shares)
        for share, part in zip(shares, made, strict=True):
            self._begin()
            parts.add(self._connection, part)
            for told in part.told:
                self._told(told)
            size += len(part.rows)
            left -= 1
            # While the last shares are read there is time for all before them; then there is none.
            if size > ADDED or left in (self._cores, 0):
                end = share[-1].source.id + 1
                make_searchable(self._connection, first_place(first), first_place(end) - 1)
                self._connection.execute("commit")
                if left == self._cores:
                    settle(self._connection)
                first, size = end, 0

    def _take(self, intake: Intake, blocks: Iterator[bytes], change: Change) -> None:
        committed = intake.source.indexed
        try:
            for block in whole_lines(blocks):
                intake.take(block)
                self._tell_bad_lines(intake.source.name, intake.bad_lines)
                if intake.source.indexed - committed > COMMITTED:
                    committed = intake.source.indexed
                    intake.commit()
        except StoreError as error:
            self._telling.failure(str(error))
        self._rows.begin()
        change.note_in(intake.source)
        intake.commit()
        self._tell(intake.source.name, intake.bad_lines, intake.other_versions)

    def _told(self, told: parts.Told) -> None:
        if told.failure is not None:
            self._telling.failure(told.failure)
        self._tell(told.name, told.bad_lines, told.other_versions)

    def _tell(self, name: str, bad_lines: list[tuple[int, int, str]], other_versions: int) -> None:
        self._tell_bad_lines(name, bad_lines)
        if other_versions:
            self._telling.note(
                f"{name}: {other_versions} events are of another version of the schema, and stand "
                "only in the table events"
            )

    def _tell_bad_lines(self, name: str, bad_lines: list[tuple[int, int, str]]) -> None:
        for line in bad_lines:
            self._telling.bad_line(name, *line)
        bad_lines.clear()

    def _new_id(self) -> int:
        found = self._connection.execute("select coalesce(max(id), 0) + 1 from sources")
        number: int = found.fetchone()[0]
        return number

    def _begin(self) -> None:
        self._rows.begin()


def _shares(changes: list[Change], first: int, count: int) -> Iterator[list[parts.Task]]:
    """Give the tasks in which new files are read, some together.

    They become smaller, so that none of the processes is at work long after the others.

    Args:
        first: number of the source that the first file becomes.
        count: of the processes.
    """
    left = sum(change.size for change in changes)
    share: list[parts.Task] = []
    size = 0
    for number, change in enumerate(changes, first):
        share.append(parts.Task(change.source(number, read=True), change.file))
        size += change.size
        if size >= max(SHARE, min(MOST_SHARED, left // (4 * count))):
            yield share
            left -= size
            share, size = [], 0
    if share:
        yield share


def _taken_out(gone: dict[str, Source], name: str, known: str) -> Source | None:
    """Take out the source that has this identity: that of the same name before any other."""
    same_name = gone.get(name)
    if same_name is not None and same_name.identity == known:
        return gone.pop(name)
    for other, source in gone.items():
        if source.identity == known:
            return gone.pop(other)
    return None
