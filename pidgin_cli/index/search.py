"""Finding messages by their words: whatever a person types is safe, and best matches come first."""

from __future__ import annotations

import re
import sqlite3
from typing import Any, NamedTuple

from pidgin_cli.errors import UsageError
from pidgin_cli.index.queries import Answer
from pidgin_cli.index.questions import Conditions, Question
from pidgin_cli.index.reports import instant

COLUMNS = ("experiment", "turn_number", "agent_id", "snippet", "time", "model", "rank")
AROUND = 60
"""Characters that are shown on each side of what was found, where it is not found by words."""

_PARTS = re.compile(r'"([^"]*)"|(\S+)')
_WITHOUT_SPACES = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\U00020000-\U0003ffff]"
)
"""Letters of scripts that are written without spaces, and thus not cut into words."""


class _Found(NamedTuple):
    """How messages are found, in SQL.

    Args:
        snippet: what of a message is shown.
        rank: how well it matches.
        source: the tables.
        order: of the rows.
    """

    snippet: str
    rank: str
    source: str
    order: str


_BY_WORDS = _Found(
    "snippet(messages_fts, 0, '[', ']', '…', 16)",
    "bm25(messages_fts)",
    "messages_fts join messages on messages_fts.rowid = messages.place",
    "rank",
)


def search(
    connection: sqlite3.Connection, typed: str, question: Question, *, raw: bool = False
) -> Answer:
    """Find messages that hold every word, or every phrase in quotation marks, best ones first.

    Words are compared without case and accents. What has no words, such as emoji, and what is in a
    script without spaces is looked for letter by letter instead, in the order of the logs.

    Args:
        raw: takes the text for a query of FTS5.

    Raises:
        UsageError: there is nothing to look for, or it is no query of FTS5.
    """
    if not typed.strip() or (not raw and not parts_of(typed)):
        raise UsageError("nothing to search for; give a word, or several")
    if not raw and not _has_words(typed):
        return _by_letters(connection, parts_of(typed), question)
    query = typed if raw else " ".join(map(_phrase, parts_of(typed)))
    conditions = _conditions(question)
    conditions.texts.append(f"messages_fts match {conditions.value(query)}")
    try:
        rows = _rows(connection, _BY_WORDS, conditions, question.limit)
    except sqlite3.OperationalError as error:
        if not raw:
            raise
        raise UsageError(f"--raw {typed!r} is no query of FTS5: {error}") from None
    return Answer(COLUMNS, iter(rows))


def parts_of(typed: str) -> list[str]:
    """Give the words and the quoted phrases of what was typed."""
    found = (phrase or word for phrase, word in _PARTS.findall(typed.replace("\0", " ")))
    parts = (part.replace('"', "").strip() for part in found)
    return [part for part in parts if part]


def _has_words(typed: str) -> bool:
    parts = parts_of(typed)
    return all(any(c.isalnum() for c in part) for part in parts) and not (
        _WITHOUT_SPACES.search(typed)
    )


def _phrase(part: str) -> str:
    return f'"{part}"'


def _by_letters(connection: sqlite3.Connection, parts: list[str], question: Question) -> Answer:
    conditions = _conditions(question)
    lacking = f"from {conditions.values_of(parts)} where instr(lower(content), lower(value)) = 0"
    conditions.texts.append(f"not exists (select 1 {lacking})")
    first = conditions.value(parts[0])
    begin = f"max(1, instr(lower(content), lower({first})) - {AROUND})"
    around = f"substr(content, {begin}, {2 * AROUND} + length({first}))"
    found = _Found(around, "null", "messages", "messages.place")
    return Answer(COLUMNS, iter(_rows(connection, found, conditions, question.limit)))


def _conditions(question: Question) -> Conditions:
    if question.type is not None or question.by is not None:
        raise UsageError("search looks through messages; --type and --by say nothing of them")
    conditions = Conditions()
    conditions.of_experiments(question.names)
    conditions.of_agents("messages.agent_id", question.agents)
    conditions.in_turns("messages.turn_number", question.turns)
    conditions.within("messages.timestamp", question.since, question.until)
    return conditions


def _rows(
    connection: sqlite3.Connection, found: _Found, conditions: Conditions, limit: int | None
) -> list[tuple[Any, ...]]:
    query = (
        f"select experiments.name, messages.turn_number, messages.agent_id, {found.snippet}, "
        f"{instant('messages.timestamp')}, messages.model, {found.rank} from {found.source} "
        "join experiments on messages.experiment = experiments.place "
        f"{conditions.sql()} order by {found.order} {conditions.limit(limit)}"
    )
    return connection.execute(query, conditions.values).fetchall()
