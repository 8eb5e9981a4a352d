from __future__ import annotations

import pytest

from pidgin_cli.events.event import Event
from pidgin_cli.filters.select import Selection, Turns, select


def event(
    type: str = "turn.started",
    agent_id: str | None = None,
    turn_number: int | None = None,
    timestamp: float = 0.0,
) -> Event:
    return Event(type, "exp_1", "1", timestamp, turn_number, agent_id, {})


STREAM = [
    event("experiment.started", timestamp=1.0),
    event("turn.started", turn_number=0, timestamp=2.0),
    event("api.call.started", "agent_a", 0, 3.0),
    event("api.call.started", "agent_b", 1, 4.0),
    event("response.completed", "agent_b", 2, 5.0),
]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), [0, 1, 2, 3, 4]),
        (Selection(types=("api.*",)), [2, 3]),
        (Selection(types=("turn.started", "response.*")), [1, 4]),
        (Selection(types=("started",)), []),
        (Selection(agents=("agent_b",)), [3, 4]),
        (Selection(turns=(Turns(1, 2),)), [3, 4]),
        (Selection(turns=(Turns(None, 0), Turns(2, None))), [1, 2, 4]),
        (Selection(since=3.0), [2, 3, 4]),
        (Selection(until=3.0), [0, 1]),
        (Selection(types=("api.*",), agents=("agent_a",), since=4.0), []),
    ],
)
def test_events_are_wanted_for_which_everything_holds(
    selection: Selection, expected: list[int]
) -> None:
    assert [STREAM[place] for place in expected] == list(select(STREAM, selection))
