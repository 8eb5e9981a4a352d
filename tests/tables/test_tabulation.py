"""What one experiment's events make, event by event."""

from __future__ import annotations

from typing import Any

from pidgin_cli.events.event import Event
from pidgin_cli.tables.catalogue import API_CALLS, EXPERIMENTS, MESSAGES, PAUSES, TURNS
from pidgin_cli.tables.table import Table
from pidgin_cli.tables.tabulation import MOST_OPEN_CALLS, Made, Tabulation


def event(kind: str, turn: int | None = 0, at: float = 1.5, **data: Any) -> Event:
    return Event(kind, "exp_1", "i", at, turn, "agent_a", data)


def fed(tabulation: Tabulation, *events: Event) -> list[Made]:
    rows: list[Made] = []
    for place, each in enumerate(events):
        rows += tabulation.feed(each, place)
    return rows


def values(table: Table, rows: list[Made], *columns: str) -> list[tuple[Any, ...]]:
    places = [table.column_names.index(column) for column in columns]
    return [tuple(row[p] for p in places) for name, _, row in rows if name == table.name]


def test_a_turn_is_given_when_it_is_completed_under_the_place_where_it_began() -> None:
    tabulation = Tabulation("exp_1", 0)
    rows = fed(tabulation, event("turn.started", 3), event("turn.completed", 3, 2.5))
    assert [("turns", 0)] == [(name, place) for name, place, _ in rows]
    assert [(3, 1.5, 2.5)] == values(TURNS, rows, "turn_number", "started", "ended")


def test_a_turn_under_way_is_open() -> None:
    tabulation = Tabulation("exp_1", 0)
    assert (
        [] == fed(tabulation, event("turn.started"), event("response.completed", content="Hi"))[1:]
    )
    rows = list(tabulation.open_rows())
    assert [(0, None, 1)] == values(TURNS, rows, "turn_number", "ended", "messages")


def test_pieces_of_text_are_counted_whether_they_are_fed_or_skipped() -> None:
    tabulation = Tabulation("exp_1", 0)
    fed(tabulation, event("response.started"), event("response.streaming", delta="a"))
    tabulation.skip_deltas(2, 7.0)
    rows = fed(tabulation, event("response.completed", content="abc"))
    assert [(3,)] == values(MESSAGES, rows, "deltas")
    rows = list(tabulation.open_rows())
    assert [(5, 3)] == values(EXPERIMENTS, rows, "events", "deltas")


def test_an_experiment_lasts_to_the_last_piece_that_was_skipped() -> None:
    tabulation = Tabulation("exp_1", 0)
    fed(tabulation, event("response.started"))
    tabulation.skip_deltas(2, 7.0)
    rows = list(tabulation.open_rows())
    assert [(1.5, 7.0, 5.5)] == values(EXPERIMENTS, rows, "started", "updated", "duration")


def test_calls_that_are_never_ended_do_not_heap_up() -> None:
    tabulation = Tabulation("exp_1", 0)
    started = [event("api.call.started", response=number) for number in range(200)]
    rows = fed(tabulation, *started)
    assert [(0, None), (1, None)] == values(API_CALLS, rows, "response", "outcome")[:2]
    assert MOST_OPEN_CALLS == len(tabulation.calls)


def test_a_call_whose_beginning_was_not_recorded_is_a_call() -> None:
    usage = {"input_tokens": 3, "output_tokens": 2**64}
    rows = fed(Tabulation("exp_1", 0), event("api.call.completed", response=1, usage=usage))
    columns = ("response", "outcome", "started", "ended", "input_tokens", "output_tokens")
    assert [(1, "completed", None, 1.5, 3, None)] == values(API_CALLS, rows, *columns)


def test_a_call_that_a_branch_copied_is_not_counted_again() -> None:
    tabulation = Tabulation("exp_1", 0)
    data = {"usage": {"input_tokens": 3}, "cost_usd": 1.0}
    copied = Event("api.call.completed", "exp_1", "i", 1.5, 0, "a", data, 1, {"copied_from": "x"})
    rows = fed(tabulation, event("turn.started"), copied, event("turn.completed"))
    assert [(True,)] == values(API_CALLS, rows, "copied")
    assert [(1, 0, 0.0)] == values(TURNS, rows, "calls", "input_tokens", "cost_usd")


def test_a_pause_knows_when_the_experiment_went_on() -> None:
    tabulation = Tabulation("exp_1", 0)
    fed(tabulation, event("pause.requested", reason="disk", detail="full"))
    assert [("disk", None)] == values(PAUSES, list(tabulation.open_rows()), "reason", "resumed")
    rows = fed(tabulation, event("experiment.resumed", at=9.0))
    assert [("disk", 9.0)] == values(PAUSES, rows, "reason", "resumed")


def test_events_of_another_version_are_counted_and_make_no_rows() -> None:
    tabulation = Tabulation("exp_1", 0)
    other = Event("response.completed", "exp_1", "i", 1.5, 0, "a", {"content": "Hi"}, 2)
    assert [] == fed(tabulation, other)
    rows = list(tabulation.open_rows())
    assert [(1, 0)] == values(EXPERIMENTS, rows, "events", "messages")
