"""Writing rows: gathered for each table, and put into a database several by each statement."""

from __future__ import annotations

import math
import sqlite3
from functools import cache
from typing import Any

from pidgin_cli.index import schema
from pidgin_cli.index.places import places

_AT_ONCE = 8
"""Rows that one statement puts in: a start of SQLite's machine for each row costs a third more."""
_WIDTHS = {name: len(schema.columns(name)) for name in schema.DOCUMENTED}
_BY_PLACE = ("bad_lines", *schema.BY_EXPERIMENT)
_BY_EXPERIMENT = ("labels", "progress")
_NO_NULL: dict[None, None] = {}
_BITS = {False: 0, True: 1}

NULL = math.nan
"""What SQLite takes for null as well, and sqlite3 gives it in half the time of None."""


class Rows:
    """Rows on their way into a database, gathered in `waiting` by their tables.

    What is gathered are the values, one row behind the other.

    Args:
        searched: whether the database has a search index, which messages are put into.
    """

    def __init__(self, connection: sqlite3.Connection, *, searched: bool = True) -> None:
        self._connection = connection
        self._searched = searched
        self._said: list[int] = []
        self.waiting: dict[str, list[Any]] = {name: [] for name in schema.DOCUMENTED}
        # Without adapters, sqlite3 searches for those of each null longer than it writes the row.
        sqlite3.register_adapter(type(None), _NO_NULL.get)
        sqlite3.register_adapter(bool, _BITS.get)

    def begin(self) -> None:
        """Begin a transaction, if none has begun."""
        if not self._connection.in_transaction:
            self._connection.execute("begin immediate")

    def write(self) -> None:
        """Write what has gathered."""
        messages = self.waiting["messages"]
        if messages:
            self._said = [*self._said[:1], messages[0], messages[-_WIDTHS["messages"]]]
        for name, values in self.waiting.items():
            if values:
                size = _WIDTHS[name] * _AT_ONCE
                self._put(name, values, _AT_ONCE)
                self._put(name, values[len(values) // size * size :], 1)
                values.clear()

    def _put(self, name: str, values: list[Any], at_once: int) -> None:
        """Write rows, as many as make whole statements."""
        rows = zip(*[iter(values)] * (_WIDTHS[name] * at_once), strict=False)
        self._connection.executemany(_put(name, at_once), rows)

    def commit(self) -> None:
        """Write what has gathered, and end the transaction."""
        self.write()
        if self._said and self._searched:
            # At once, for the search index sorts what each statement brings.
            make_searchable(self._connection, self._said[0], self._said[-1])
        self._said.clear()
        self._connection.execute("commit")

    def saved(self, source: int, experiment_id: str | None) -> str | None:
        """Give the state of an experiment of a source that was put down, if one was."""
        found = self._connection.execute(
            "select saved from progress join experiments on experiment = place "
            "where experiment_id = ? and place between ? and ?",
            (experiment_id, *places(source)),
        ).fetchone()
        return None if found is None else str(found[0])


@cache
def _put(name: str, at_once: int) -> str:
    row = f"({','.join('?' * _WIDTHS[name])})"
    return f"insert or replace into {name} values {','.join([row] * at_once)}"


def make_searchable(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Put the messages between two places, these included, into the search index."""
    connection.execute(
        "insert into messages_fts (rowid, content) select place, content from messages "
        "where place between ? and ?",
        (first, last),
    )


def settle(connection: sqlite3.Connection) -> None:
    """Have what was committed reach the disk now, so that nobody has to wait for it later.

    SQLite sees to that with a commit alone; this one writes again what stands there.
    """
    (before,) = connection.execute("pragma synchronous").fetchone()
    connection.execute("pragma synchronous = full")
    connection.execute(f"pragma application_id = {schema.APPLICATION_ID}")
    connection.execute(f"pragma synchronous = {before}")


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
