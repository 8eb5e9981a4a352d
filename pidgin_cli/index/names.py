"""What words mean in an index: names of experiments, beginnings of them, latest, all, groups."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from pidgin_cli.errors import UnknownExperimentError


def names_of(connection: sqlite3.Connection, words: Iterable[str]) -> tuple[str, ...]:
    """Give the experiments that the words mean, in their order, each once.

    Raises:
        UnknownExperimentError: a word means nothing, or could mean several experiments.
    """
    return tuple(dict.fromkeys(name for word in words for name in _meant(connection, word)))


def names_in(connection: sqlite3.Connection, sources: Iterable[str]) -> tuple[str, ...]:
    """Give the experiments that were read from these sources, in their order, each once."""
    query = "select name from experiments where source in (select id from sources where name = ?)"
    found = (row[0] for source in sources for row in connection.execute(query, (source,)))
    return tuple(dict.fromkeys(found))


def _meant(connection: sqlite3.Connection, word: str) -> list[str]:
    if word == "all":
        return _names(connection, "order by name")
    if word == "latest":
        found = _names(connection, "order by started desc, name desc limit 1")
    elif word.startswith("group:"):
        found = _names(connection, "where group_name = ?", word.removeprefix("group:"))
    else:
        found = _names(connection, "where name = ?", word)
        found = found or _names(connection, "where substr(name, 1, length(?)) = ?", word, word)
        if len(found) > 1:
            raise UnknownExperimentError(f"{word!r} could mean {', '.join(found[:5])}")
    if not found:
        raise UnknownExperimentError(f"no experiment {word!r} in this database")
    return found


def _names(connection: sqlite3.Connection, rest: str, *values: str) -> list[str]:
    return [name for (name,) in connection.execute(f"select name from experiments {rest}", values)]
