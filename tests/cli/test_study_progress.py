"""The table of a study that is drawn over itself on a terminal."""

from __future__ import annotations

from pidgin_cli.cli.study_progress import Progress
from pidgin_cli.engine.control import Control
from pidgin_cli.events.event import Event

NOW = 100.0
ERASED = "\x1b[1A\x1b[J"


def drawn(*events: Event) -> str:
    """Give what is drawn of a study of one run, whose clock stands still."""
    seen: list[bytes] = []
    progress = Progress("demo", {}, {"exp_1": "missing"}, seen.append, clock=lambda: NOW)
    for event in events:
        progress.seen(event, Control())
    return b"".join(seen).decode()


def event(kind: str, **data: object) -> Event:
    return Event(kind, "exp_1", "", 0.0, 0, None, data)


def test_the_table_stays_while_nothing_else_is_said() -> None:
    assert "demo: 0 of 0 completed; 1 running\n" == drawn(
        event("experiment.started"), event("context.usage", percentage=3.0), event("turn.started")
    )


def test_the_table_gives_way_to_what_is_said_and_comes_back_behind_it() -> None:
    table = "demo: 0 of 0 completed; 1 running\n"
    assert table + ERASED + table == drawn(
        event("experiment.started"),
        event("context.usage", percentage=3.0, note="something"),
        event("turn.started"),
    )
