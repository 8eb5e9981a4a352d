"""Any events at all, taken in at once or in parts."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from tests.index.stores import Store, laid_open
from tests.tables.test_streams import ANY_EVENT


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY_EVENT, min_size=1, max_size=12), st.integers(0, 12))
def test_any_events_are_indexed_in_one_go_as_in_two(
    store: Store, events: list[Event], first: int
) -> None:
    store.database.unlink(missing_ok=True)
    parts = [encode(event) for event in events]
    store.write("exp_1", b"".join(parts[:first]))
    store.index()
    store.write("exp_1", b"".join(parts))
    store.index()
    assert store.rebuilt() == laid_open(store.database)


def test_pieces_of_text_behind_a_line_of_another_version_begin_an_experiment(
    store: Store,
) -> None:
    piece = Event(
        "response.streaming",
        "exp_1",
        "a",
        1.5,
        0,
        "agent_a",
        {"response": 0, "index": 0, "delta": ""},
    )
    other, last = piece.changed(v=2), Event("turn.completed", "exp_1", "b", 2.5, 0, None, {})
    store.write("exp_1", b"".join(map(encode, (other, piece, last))))
    store.index()
    assert [(1.5, 2.5, 3)] == store.rows("select started, updated, events from experiments")
