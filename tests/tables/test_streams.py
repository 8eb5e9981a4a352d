"""The rows of one table, from a stream of events."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kinds import KINDS as KINDS_WRITTEN
from pidgin_cli.tables.catalogue import EVENTS, MESSAGES, TABLES
from pidgin_cli.tables.streams import table_rows
from pidgin_cli.tables.table import Column, Table
from pidgin_cli.tables.tabulation import Tabulation
from tests.views.logs import LOGS, log

LINE = (
    b'{"v":1,"id":"abc123","type":"response.completed","experiment_id":"exp_001",'
    b'"timestamp":1234567890.123456,"turn_number":0,"agent_id":"agent_a",'
    b'"data":{"content":"Hello!","tokens":3,"duration":1.2},"copied_from":"x"}'
)
TYPES = {"text": str, "integer": int, "number": float, "boolean": bool, "time": float}


def rows_of(table: Table, events: Iterable[Event]) -> list[dict[str, Any]]:
    return [dict(zip(table.column_names, row, strict=True)) for row in table_rows(table, events)]


def event(kind: str, experiment_id: str = "exp_1", **data: Any) -> Event:
    return Event(kind, experiment_id, "i", 1.5, 0, "agent_a", data)


def started(*agents: Any) -> Event:
    return event("experiment.started", agents=list(agents), initial_prompt=5, changes=None)


def test_an_event_is_a_row() -> None:
    assert rows_of(EVENTS, [decode(LINE)]) == [
        {
            "experiment_id": "exp_001",
            "position": 0,
            "id": "abc123",
            "type": "response.completed",
            "timestamp": 1234567890.123456,
            "turn_number": 0,
            "agent_id": "agent_a",
            "v": 1,
            "data": '{"content":"Hello!","tokens":3,"duration":1.2}',
            "extra": '{"copied_from":"x"}',
        }
    ]


def test_positions_count_for_each_experiment() -> None:
    events = [event("odd", one) for one in ("a", "b", "a", "b", "b")]
    places = [(row["experiment_id"], row["position"]) for row in rows_of(EVENTS, events)]
    assert places == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("b", 2)]


def test_a_message_is_a_row_with_who_said_it() -> None:
    agent = {"agent_id": "agent_a", "model": "chatty", "provider": "sim", "name": "Ada"}
    said = event("response.completed", content="Hi", tokens=2, duration=1, response=4)
    expected = {
        "experiment_id": "exp_1",
        "position": 0,
        "turn_number": 0,
        "agent_id": "agent_a",
        "name": "Ada",
        "model": "chatty",
        "provider": "sim",
        "timestamp": 1.5,
        "content": "Hi",
        "length": 2,
        "tokens": 2,
        "duration": 1.0,
        "interrupted": False,
        "reasoning": None,
        "response": 4,
        "deltas": 0,
    }
    assert [expected] == rows_of(MESSAGES, [started(agent), said])


def test_a_response_is_a_message_only_if_the_user_cut_it() -> None:
    events = [
        event("response.interrupted", content="cut by the user", reason="user"),
        event("response.interrupted", content="cut by an error", reason="error"),
        event("api.call.failed", error={"kind": "x", "message": "no speech"}),
        event("experiment.failed", error={"kind": "x", "message": "no speech"}),
    ]
    rows = rows_of(MESSAGES, events)
    assert [(row["content"], row["interrupted"]) for row in rows] == [("cut by the user", True)]


def test_messages_of_several_experiments_keep_apart() -> None:
    events = [event("response.completed", one, content=one) for one in ("a", "b", "a")]
    places = [(row["content"], row["position"]) for row in rows_of(MESSAGES, events)]
    assert places == [("a", 0), ("b", 0), ("a", 1)]


NAMES = (
    "agents content response tokens duration model reasoning reason odd usage cost_usd error "
    "labels group parent detector score status turns target components parameters"
)
KEYS = st.sampled_from(NAMES.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS | st.sampled_from(["agent_id", "name"]), inner, max_size=4)
    ),
    max_leaves=8,
)
KINDS = [*KINDS_WRITTEN, "odd.happened"]
ANY_EVENT = st.builds(
    Event,
    type=st.sampled_from(KINDS),
    experiment_id=st.sampled_from(["exp_1", "\ud800"]),
    id=st.just("i"),
    timestamp=st.floats(allow_nan=False, allow_infinity=False),
    turn_number=st.none() | st.integers(-(2**63), 2**64 - 1),
    agent_id=st.sampled_from([None, "agent_a", "\udfff"]),
    data=st.dictionaries(KEYS, VALUES, max_size=6),
    v=st.sampled_from([1, 1, 2]),
)


@given(st.lists(ANY_EVENT, max_size=8))
def test_rows_hold_the_types_of_their_columns_whatever_comes(events: list[Event]) -> None:
    for table in TABLES.values():
        for row in table_rows(table, events):
            assert len(table.columns) == len(row)
            assert all(map(fits, row, table.columns))


def fits(value: Any, column: Column) -> bool:
    if column.type == "text" and value is not None:
        value.encode()
        assert not column.json or json.loads(value) is not None
    return value is None or type(value) is TYPES[column.type]


def test_data_that_is_nested_very_deeply_is_kept_whole() -> None:
    data: dict[str, Any] = {}
    for _ in range(900):
        data = {"a": data}
    (row,) = rows_of(EVENTS, [event("odd.happened", **data)])
    assert row["data"] == '{"a":' * 900 + "{}" + "}" * 900


@pytest.mark.parametrize("name", LOGS)
def test_messages_are_what_they_are_where_every_event_is_looked_at(name: str) -> None:
    events = [decode(line) for line in log(name).splitlines(keepends=True)]
    whole = Tabulation(f"exp_{name}", 0)
    rows = [
        row
        for place, event in enumerate(events)
        for table, _, row in whole.feed(event, place)
        if table == "messages"
    ]
    assert rows == list(table_rows(TABLES["messages"], events))
