"""Lines that are read many at once make the rows that they make one by one."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pidgin_cli.events.complete import NOT_COMPLETE
from pidgin_cli.events.event import Event
from pidgin_cli.index import intake
from tests.index.stores import Store, laid_open
from tests.views.logs import log

LINE = (
    b'{"v":1,"id":"9f2c41d07be35a68-000017","type":"response.streaming","experiment_id":"exp_1",'
    b'"timestamp":1234567890.123,"turn_number":0,"agent_id":"agent_a",'
    b'"data":{"response":0,"index":3,"delta":"Hello"}}\n'
)
ODD = [
    LINE.replace(b"}}\n", b'},"type":"response.completed"}\n'),
    LINE.replace(b'"v":1', b'"v":2'),
    LINE.replace(b'"v":1', b'"v":1.0'),
    LINE.replace(b'"data":{', b'"type":"response.completed","data":{'),
    LINE.replace(b'"experiment_id":"exp_1"', b'"experiment_id":"exp_2"'),
    LINE.replace(b"}}\n", b'},"experiment_id":"exp_2"}\n'),
    LINE.replace(b"}}\n", b'},"\\u0074ype":"experiment.completed"}\n'),
    LINE.replace(b'"Hello"', b'"Hello","type":"x"'),
    LINE.replace(b'"Hello"', b'{"text":"Hello"}'),
    LINE.replace(b"Hello", b"Hel\nlo"),
    LINE.replace(b"Hello", b'Hel"lo'),
    LINE.replace(b"Hello", b"Hel\\xlo"),
    LINE.replace(b"Hello", b"\\ud800"),
    LINE.replace(b"Hello", b"\xed\xa0\x80"),
    LINE.replace(b"Hello", b"\xff"),
    LINE.replace(b"Hello", b"\x00"),
    LINE.replace(b'"response":0', b'"response":00'),
    LINE.replace(b'"response":0', b'"response":18446744073709551616'),
    LINE.replace(b"1234567890.123", b"1234567890."),
    LINE.replace(b"1234567890.123", b"0123"),
    LINE.replace(b"}}\n", b'},"copied_from":"exp_0"}\n'),
    LINE[:100] + b"\n",
    LINE[:-1] + LINE,
    LINE.replace(b",", b",\n", 1),
    LINE.replace(b"{", b"{ ", 1),
    LINE.replace(b"\n", b"\r\n"),
    b"\n",
    b" \r\n",
    b"null\n",
    LINE,
]


def one_by_one(line: bytes) -> Event:
    raise NOT_COMPLETE[0]


def made_one_by_one(store: Store) -> tuple[Any, list[Any]]:
    """The rows, and what is wrong with the bad lines, where no line is read with others."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "complete_event", one_by_one)
        return store.rebuilt(), bad_lines(store)


def bad_lines(store: Store) -> list[Any]:
    return store.rows("select line, offset, reason from bad_lines")


@pytest.mark.parametrize("kind", ["complete", "interrupted", "failed", "resumed", "branched"])
def test_a_usual_log_makes_the_same_rows(store: Store, kind: str) -> None:
    store.write("exp_1", log(kind) if kind != "branched" else copied(log("complete")))
    store.index()
    assert (laid_open(store.database), bad_lines(store)) == made_one_by_one(store)


def copied(lines: bytes) -> bytes:
    """A log whose first half was copied from another."""
    pieces = lines.splitlines(keepends=True)
    half = len(pieces) // 2
    first = (orjson.dumps({**orjson.loads(each), "copied_from": "x"}) for each in pieces[:half])
    return b"\n".join([*first, b"".join(pieces[half:])])


@pytest.mark.parametrize("odd", ODD, ids=lambda line: ascii(line[-40:]))
def test_an_odd_line_among_pieces_of_text_makes_the_same_rows(store: Store, odd: bytes) -> None:
    store.write("exp_1", LINE + LINE + odd + LINE + b"no JSON\n" + LINE)
    store.index()
    assert (laid_open(store.database), bad_lines(store)) == made_one_by_one(store)
    assert "not JSON" in bad_lines(store)[-1][2]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([LINE, LINE, *ODD]) | st.binary(max_size=4), max_size=6),
    st.integers(0, len(LINE)),
)
def test_any_lines_make_the_same_rows(store: Store, lines: list[bytes], cut: int) -> None:
    store.database.unlink(missing_ok=True)
    store.write("exp_1", LINE[cut:] + b"".join(lines) + LINE)
    store.index()
    assert (laid_open(store.database), bad_lines(store)) == made_one_by_one(store)


@pytest.mark.parametrize("text", ["", "“q” é 文 \U0001f469", 'a "b" \\ / \b\f\n\r\t', "\x7f\u2028"])
def test_whatever_text_it_is_a_piece_is_counted_and_not_stored(store: Store, text: str) -> None:
    store.write("exp_1", LINE.replace(b'"Hello"', orjson.dumps(text)) * 2)
    store.index()
    assert [(2, 2)] == store.rows("select events, deltas from experiments")
    assert [] == store.rows("select * from events")


def test_the_pieces_of_a_response_are_counted(store: Store) -> None:
    other = LINE.replace(b'"exp_1"', b'"exp_2"').replace(b"1234567890", b"1234567899")
    store.write("exp_1", LINE * 3 + other * 2 + LINE + other)
    store.index()
    found = store.rows("select experiment_id, events, deltas, updated from experiments")
    assert [("exp_1", 4, 4, 1234567890.123), ("exp_2", 3, 3, 1234567899.123)] == found
    assert [] == store.rows("select * from events")
