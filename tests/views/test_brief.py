"""One line an event."""

from __future__ import annotations

from pidgin_cli.events.event import Event
from pidgin_cli.events.kinds import KINDS
from pidgin_cli.views.brief import IMPORTANT, brief

SAID = Event(
    "response.completed",
    "exp_1",
    "i",
    1234567890.123,
    3,
    "agent_a",
    {"content": "Hello\nyou\x1b " + "x" * 80, "tokens": 41, "duration": 1.2},
)


def test_a_line_says_who_where_when_and_what() -> None:
    assert (
        "exp_1  23:31:30Z  turn 3  agent_a  response.completed  "
        f"“Hello you\\u{{1b}} {'x' * 44}…” 41 tokens 1.2 s" == brief(SAID)
    )


def test_an_unknown_kind_shows_its_data() -> None:
    odd = Event("odd.happened", "exp_1", "i", 0.0, None, None, {"a": [1, 2]})
    assert brief(odd) == 'exp_1  00:00:00Z  odd.happened  {"a":[1,2]}'


def test_a_time_past_the_calendar_is_shown_as_its_number() -> None:
    assert (
        brief(Event("odd.happened", "exp_1", "i", 1e300, None, None, {}))
        == "exp_1  1e+300 s  odd.happened"
    )


def test_an_unknown_schema_has_no_line() -> None:
    assert brief(SAID.changed(v=2)) is None


def test_every_important_kind_exists() -> None:
    assert set() == IMPORTANT - KINDS.keys()
