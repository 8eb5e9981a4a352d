"""Parts of an index: small databases that are made of new logs elsewhere, and added whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache

from pidgin_cli.errors import StoreError
from pidgin_cli.events.lines import whole_lines
from pidgin_cli.index import schema
from pidgin_cli.index.intake import Intake
from pidgin_cli.index.logs import Unpack, all_blocks
from pidgin_cli.index.sources import LogFile, Source
from pidgin_cli.index.writing import Rows

CAN_BE_MADE = hasattr(sqlite3.Connection, "deserialize")
"""Whether this SQLite gives a database as bytes."""

_ADD = tuple(f"insert into main.{name} select * from part.{name}" for name in schema.DOCUMENTED)


@dataclass(frozen=True, slots=True)
class Task:
    """A log that is new, and the source that it becomes."""

    source: Source
    file: LogFile


@dataclass(slots=True)
class Told:
    """What is to be told of a source.

    Args:
        bad_lines: number, offset, and what is wrong with it.
        failure: why it could not be read to its end.
    """

    name: str
    bad_lines: list[tuple[int, int, str]] = field(default_factory=list)
    other_versions: int = 0
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of some sources.

    Args:
        rows: a database with the tables of an index, as bytes.
    """

    rows: bytes
    told: list[Told]


def made_of(tasks: Iterable[Task], unpack: Unpack) -> Part:
    """Give the part that these logs make."""
    told = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.deserialize(_empty())
        rows = Rows(connection, searched=False)
        for task in tasks:
            told.append(_read(task, rows, unpack))
        return Part(connection.serialize(), told)


@cache
def _empty() -> bytes:
    """Give a part without rows, which is copied sooner than it is made."""
    with closing(sqlite3.connect(":memory:")) as connection:
        schema.make_tables(connection)
        return connection.serialize()


def _read(task: Task, rows: Rows, unpack: Unpack) -> Told:
    intake, failure = Intake(rows, task.source), None
    try:
        for block in whole_lines(all_blocks(task.file, unpack)):
            intake.take(block)
    except StoreError as error:
        failure = str(error)
    rows.begin()
    intake.commit()
    return Told(task.source.name, intake.bad_lines, intake.other_versions, failure)


@contextmanager
def receiving(connection: sqlite3.Connection) -> Iterator[None]:
    """Let a database take parts in."""
    connection.execute("attach ':memory:' as part")
    try:
        yield
    finally:
        if not connection.in_transaction:
            connection.execute("detach part")


def add(connection: sqlite3.Connection, part: Part) -> None:
    """Add the rows of a part; where no index has to be kept, SQLite copies them unread."""
    connection.deserialize(part.rows, name="part")
    for statement in _ADD:
        connection.execute(statement)
