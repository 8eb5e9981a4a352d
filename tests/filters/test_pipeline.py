from __future__ import annotations

from collections.abc import Iterator

from pidgin_cli.events.event import Event
from pidgin_cli.filters.pipeline import filtered

EVENTS = [Event("turn.started", "exp_1", str(number), 0.0, number, None, {}) for number in range(3)]


class Delay:
    """Holds each event until the next one comes."""

    def __init__(self) -> None:
        self.held: list[Event] = []

    def feed(self, event: Event) -> Iterator[Event]:
        yield from self.held
        self.held = [event]

    def finish(self) -> list[Event]:
        return self.held


def test_what_a_filter_holds_comes_at_the_end() -> None:
    assert EVENTS == list(filtered(EVENTS, Delay()))
