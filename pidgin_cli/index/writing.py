"""Writing rows: gathered for each table, and put into the database many at a time."""

from __future__ import annotations

import sqlite3
from typing import Any

from pidgin_cli.index import schema
from pidgin_cli.index.places import places

GATHERED = 2000
"""Rows of all tables that are gathered before they are written."""

_PUT = {
    name: f"insert or replace into {name} values ({','.join('?' * len(schema.columns(name)))})"
    for name in schema.DOCUMENTED
}
_BY_PLACE = ("bad_lines", *schema.BY_EXPERIMENT)
_BY_EXPERIMENT = ("labels", "progress")


class Rows:
    """Rows on their way into the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.waiting: dict[str, list[tuple[Any, ...]]] = {name: [] for name in schema.DOCUMENTED}

    def write_some(self) -> None:
        """Write what has gathered, if it is much."""
        if sum(map(len, self.waiting.values())) >= GATHERED:
            self.write()

    def write(self) -> None:
        """Write what has gathered; messages become searchable."""
        for name, rows in self.waiting.items():
            if rows:
                self._connection.executemany(_PUT[name], rows)
        messages = self.waiting["messages"]
        if messages:
            self._connection.execute(
                "insert into messages_fts (rowid, content) select place, content from messages "
                "where place between ? and ?",
                (messages[0][0], messages[-1][0]),
            )
        self.forget()

    def forget(self) -> None:
        """Drop what has gathered."""
        for rows in self.waiting.values():
            rows.clear()


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
