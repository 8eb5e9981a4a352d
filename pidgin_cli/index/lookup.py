"""Rows of one experiment, for a program that has its log at hand, if the index has all of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from pidgin_cli.index.database import IndexFile, connected, is_current
from pidgin_cli.index.sources import LogFile, status_of
from pidgin_cli.tables.table import Row, Table

_UP_TO_DATE = """
    select place from experiments join sources on source = id
    where sources.name = ? and (inode, size, modified, changed) = (?, ?, ?, ?)
        and (kind = 'archive' or indexed = size)"""


def rows_of(file: IndexFile, table: Table, log: LogFile) -> list[Row] | None:
    """Give the rows that the experiment of a log has in a table, in the order of the log.

    None where the index is missing, or has not read all of the log as it is now, or where the log
    holds several experiments.
    """
    if not file.path.exists():
        return None
    try:
        with closing(connected(file.path)) as connection:
            if not is_current(connection):
                return None
            found = connection.execute(_UP_TO_DATE, (log.name, *status_of(log.path))).fetchall()
            if len(found) != 1:
                return None
            key = "place" if table.name == "experiments" else "experiment"
            columns = ",".join(table.column_names)
            query = f"select {columns} from {table.name} where {key} = ? order by rowid"
            return connection.execute(query, found[0]).fetchall()
    except (sqlite3.Error, FileNotFoundError):
        return None
