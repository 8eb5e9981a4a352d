"""Writing rows: gathered for each table, and put into the database many at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Protocol

from pidgin_cli.index import schema
from pidgin_cli.index.places import places

_PUT = {
    name: f"insert or replace into {name} values ({','.join('?' * len(schema.columns(name)))})"
    for name in schema.DOCUMENTED
}
_BY_PLACE = ("bad_lines", *schema.BY_EXPERIMENT)
_BY_EXPERIMENT = ("labels", "progress")


class Rows(Protocol):
    """Rows on their way into the database, gathered in `waiting` by their tables."""

    waiting: dict[str, list[tuple[Any, ...]]]

    def begin(self) -> None:
        """Begin a transaction, if none has begun."""

    def write(self) -> None:
        """Hand on what has gathered."""

    def commit(self) -> None:
        """Hand on what has gathered, and end the transaction."""

    def saved(self, source: int, experiment_id: str | None) -> str | None:
        """Give the state of an experiment of a source that was put down, if one was."""


class WrittenRows:
    """Rows that are written into the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.waiting: dict[str, list[tuple[Any, ...]]] = no_rows()

    def begin(self) -> None:
        """Begin a transaction, if none has begun."""
        if not self._connection.in_transaction:
            self._connection.execute("begin immediate")

    def write(self) -> None:
        """Write what has gathered."""
        write_rows(self._connection, self.waiting)
        for rows in self.waiting.values():
            rows.clear()

    def commit(self) -> None:
        """Write what has gathered, and end the transaction."""
        self.write()
        self._connection.execute("commit")

    def saved(self, source: int, experiment_id: str | None) -> str | None:
        """Give the state of an experiment of a source that was put down, if one was."""
        found = self._connection.execute(
            "select saved from progress join experiments on experiment = place "
            "where experiment_id = ? and place between ? and ?",
            (experiment_id, *places(source)),
        ).fetchone()
        return None if found is None else str(found[0])


def no_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Give a list for the rows of each table."""
    return {name: [] for name in schema.DOCUMENTED}


def write_rows(
    connection: sqlite3.Connection, waiting: Mapping[str, list[tuple[Any, ...]]]
) -> None:
    """Write rows by their tables; messages, which must be in order, become searchable."""
    for name, rows in waiting.items():
        if rows:
            connection.executemany(_PUT[name], rows)
    messages = waiting["messages"]
    if messages:
        connection.execute(
            "insert into messages_fts (rowid, content) select place, content from messages "
            "where place between ? and ?",
            (messages[0][0], messages[-1][0]),
        )


def remove_source(connection: sqlite3.Connection, source: int) -> None:
    """Take a source and all of its rows out of the database."""
    within = places(source)
    connection.execute(
        "insert into messages_fts (messages_fts, rowid, content) "
        "select 'delete', place, content from messages where place between ? and ?",
        within,
    )
    for name in _BY_PLACE:
        connection.execute(f"delete from {name} where place between ? and ?", within)
    for name in _BY_EXPERIMENT:
        connection.execute(f"delete from {name} where experiment between ? and ?", within)
    connection.execute("delete from experiments where place between ? and ?", within)
    connection.execute("delete from sources where id = ?", (source,))
