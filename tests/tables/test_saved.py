"""Going on where another process stopped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.tables.saved import saved, taken_up
from pidgin_cli.tables.tabulation import Made, Tabulation
from tests.tables.test_streams import ANY_EVENT
from tests.views.logs import LOGS, log


def made(events: list[Event], *, stopping: bool) -> list[Made]:
    """Give all rows, those that are open after each event included."""
    tabulation, rows = Tabulation("exp_1", 0), []
    for place, event in enumerate(events):
        rows += tabulation.feed(event, place)
        rows += tabulation.open_rows()
        if stopping:
            tabulation = taken_up(saved(tabulation))
    return rows


@given(st.lists(ANY_EVENT, max_size=12))
def test_stopping_after_every_event_changes_no_row(events: list[Event]) -> None:
    assert made(events, stopping=False) == made(events, stopping=True)


@pytest.mark.parametrize("name", LOGS)
def test_stopping_changes_no_row_of_a_log(name: str) -> None:
    events = [decode(line) for line in log(name).split(b"\n")[:-1]]
    assert made(events, stopping=False) == made(events, stopping=True)


def test_what_is_saved_does_not_grow_with_the_log() -> None:
    events = [decode(line) for line in log("complete").split(b"\n")[:-1]]
    sizes = []
    for times in (10, 100):
        tabulation = Tabulation("exp_1", 0)
        for place, event in enumerate(events * times):
            tabulation.feed(event, place)
        sizes.append(len(saved(tabulation)))
    assert sizes[1] - sizes[0] < 50
