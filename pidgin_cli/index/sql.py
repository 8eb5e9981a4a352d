"""SQL of a person's own: one statement that can only read, and not for ever."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pidgin_cli.errors import PidginError, UsageError
from pidgin_cli.index.queries import Answer

LONGEST_VALUE = 200_000_000
"""Bytes that one value may have."""

_STEPS = 20_000
"""Instructions of SQLite between two looks at the clock."""

_READING = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
_ASKING = frozenset({"table_info", "table_xinfo", "table_list", "index_list", "foreign_key_list"})


def select(
    connection: sqlite3.Connection,
    statement: str,
    values: Mapping[str, str],
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> Answer:
    """Give what a statement selects; rows are read while they are given.

    Args:
        values: of its parameters, by their names.
        seconds: time that it may take.

    Raises:
        UsageError: it is no statement, more than one, or one that does not only read.
        PidginError: it took longer.
    """
    deadline = clock() + seconds
    connection.set_authorizer(_allowed)
    connection.set_progress_handler(lambda: clock() > deadline, _STEPS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    with_said = _Said(statement, seconds)
    try:
        cursor = connection.execute(statement, dict(values))
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        raise with_said.error(error) from None
    if cursor.description is None:
        raise UsageError("query sql takes a statement that selects, such as 'select * from turns'")
    columns = _distinct([each[0] for each in cursor.description])
    return Answer(columns, with_said.rows(cursor))


class _Said:
    """Says in a person's words what SQLite says of a statement."""

    def __init__(self, statement: str, seconds: float) -> None:
        self._statement = statement
        self._seconds = seconds

    def rows(self, cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
        try:
            for row in cursor:
                yield tuple(v.hex() if isinstance(v, bytes) else v for v in row)
        except sqlite3.Error as error:
            raise self.error(error) from None

    def error(self, error: Exception) -> PidginError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            return PidginError(
                f"the query took longer than {self._seconds:g} s; --timeout allows more"
            )
        # The tables that SQLite makes of its pragmas are refused without the code.
        if code == sqlite3.SQLITE_AUTH or str(error) == "not authorized":
            return UsageError("query sql only reads: it takes one select, and no other statement")
        return UsageError(f"query sql: {error}")


def _allowed(action: int, first: str | None, *_: str | None) -> int:
    if action in _READING or (action == sqlite3.SQLITE_PRAGMA and first in _ASKING):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Number names that come again, or one column would hide the other."""
    seen: dict[str, int] = {}
    distinct = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(distinct)
