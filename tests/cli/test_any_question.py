"""Whatever text stands in an option of query and index, it stays a value, and never becomes SQL."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pidgin_cli.index.reports import REPORTS
from tests.cli.conftest import Program
from tests.index.stores import KINDS, Store, laid_open
from tests.views.logs import log

MEAN = (
    *("'", '"', "`", ";", "--", "/*", "*/", "(", ")", "[", "]", "^", "!", "*", "?", "%", "_"),
    *(
        ":value_0",
        "@value_0",
        "$value_0",
        "?1",
        "\\",
        "\n",
        ",",
        "=",
        "é",
        "🙏",
        "\udcff",
        "{",
        "#",
    ),
    *("' or 1=1 --", "'; drop table labels; --", '"; delete from messages; --', ") union select 1"),
    *("label:", "group:", "model", "agent_a", "exp_complete", "response.", "api.call.failed", "1"),
    *("2..", "2026-01-01", "3h", "NEAR", "AND", "attach", "pragma writable_schema=1", "index.db"),
)
TEXTS = st.lists(
    st.sampled_from(MEAN)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=3),
    min_size=1,
    max_size=4,
).map("".join)
"""What means something to SQLite, among other things and in any order; no argument holds a NUL,
nor of surrogates others than those by which Python says what is not UTF-8."""
ASKED = (*REPORTS, "search", "compare")
OPTIONS = ("by", "agent", "type", "turn", "since", "until", "limit", "db")
GIVEN = st.lists(st.builds("--{}={}".format, st.sampled_from(OPTIONS), TEXTS), max_size=2)
WORDS_OF_SQLITE = re.compile(
    r"internal error|[Ss]qlite|syntax error|unrecognized token|no such (table|column)|bind|"
    r"too (many|complex|large)|mismatch"
)
quietly = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def store(pidgin: Program) -> Store:
    store = Store(pidgin.home.store)
    for kind in KINDS:
        store.write(f"exp_{kind}", log(kind))
    store.index()
    return store


def check(pidgin: Program, store: Store, *arguments: str) -> None:
    """See that it is answered or refused in our own words, and that nothing became of it."""
    before = laid_open(store.database), sorted(store.folder.root.iterdir())
    outcome = pidgin(*arguments)
    assert outcome.status in (0, 1, 2)
    assert outcome.status == 0 or b"" == outcome.out
    said = outcome.err
    for typed in sorted(arguments, key=len, reverse=True):
        said = said.replace(repr(typed.partition("=")[2] or typed)[1:-1], "")
    assert not WORDS_OF_SQLITE.search(said), outcome.err
    assert before == (laid_open(store.database), sorted(store.folder.root.iterdir()))


@quietly
@given(st.sampled_from(ASKED), GIVEN, st.lists(TEXTS, max_size=2))
@example("usage", ["--by=label:x'; drop table labels; --"], [])
@example("search", [], ["'; drop table messages; --"])
def test_any_question_is_answered_or_refused(
    pidgin: Program, store: Store, what: str, options: list[str], words: list[str]
) -> None:
    check(pidgin, store, "query", *options, "--", what, *words)


@quietly
@given(st.lists(TEXTS, max_size=2), st.none() | TEXTS.map(lambda text: text.replace("/", "|")))
def test_any_name_is_indexed_or_refused(
    pidgin: Program, store: Store, words: list[str], name: str | None
) -> None:
    Path("elsewhere").mkdir(exist_ok=True)
    options = [] if name is None else [f"--db=elsewhere/{name}"]
    check(pidgin, store, "index", *options, "--", *words)
