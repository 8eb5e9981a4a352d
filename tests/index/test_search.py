"""Searching: any text that a person types."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import encode
from pidgin_cli.index.questions import Question
from pidgin_cli.index.search import COLUMNS, parts_of, search
from tests.index.stores import Store
from tests.tables.test_tabulation import event

SAID = (
    "The ants build what no ant plans.",
    "Çà et là, une fourmi rêve.",
    "アリは計画なしに築く。",
    "Thank you! 👩‍👩‍👧 🙏🙏",
    'He said "NEAR the OR gate", * or not.',
    "Ants. Ants! Ants?",
)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    store = Store(tmp_path_factory.mktemp("said") / "store")
    events = [event("response.completed", content=content) for content in SAID]
    store.write("exp_1", b"".join(map(encode, events)))
    store.index()
    connection = sqlite3.connect(store.database)
    yield connection
    connection.close()


def found(connection: sqlite3.Connection, typed: str, **more: bool) -> list[str]:
    return [
        row[COLUMNS.index("snippet")] for row in search(connection, typed, Question(), **more).rows
    ]


FOUND = {
    "ants": ["[Ants]. [Ants]! [Ants]?", "The [ants] build what no ant plans."],
    "ANT plans": ["The ants build what no [ant] [plans]."],
    "fourmi REVE": ["Çà et là, une [fourmi] [rêve]."],
    "計画": ["アリは計画なしに築く。"],
    "🙏": ["Thank you! 👩‍👩‍👧 🙏🙏"],
    "OR gate": ['He said "NEAR the [OR] [gate]", * [or] not.'],
    '"the or gate"': ['He said "NEAR [the OR gate]", * or not.'],
    '"gate the"': [],
    "*": ['He said "NEAR the OR gate", * or not.'],
    "thank you!": ["[Thank] [you]! 👩‍👩‍👧 🙏🙏"],
    "(unbalanced": [],
    "NOT": ['He said "NEAR the OR gate", * or [not].'],
    "content:ants": [],
    "a\0b": [],
}


@pytest.mark.parametrize("typed", FOUND)
def test_what_was_typed_finds(said: sqlite3.Connection, typed: str) -> None:
    assert FOUND[typed] == found(said, typed)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8"), max_size=12) | st.text('"*()^:-+NEAROT ', max_size=12))
def test_any_text_is_safe(said: sqlite3.Connection, typed: str) -> None:
    if typed.strip() and parts_of(typed):
        found(said, typed)
    else:
        with pytest.raises(UsageError, match="nothing to search for"):
            found(said, typed)


def test_every_word_of_a_message_finds_it(said: sqlite3.Connection) -> None:
    for content in SAID:
        for word in content.split():
            assert found(said, word), word
