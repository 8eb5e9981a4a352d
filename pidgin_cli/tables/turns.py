"""Turns: what is counted while one is under way, and its row."""

from __future__ import annotations

from msgspec import Struct

from pidgin_cli.events import payload
from pidgin_cli.events.event import Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.tables.table import Row
from pidgin_cli.tables.values import integer, number, seconds


class OpenTurn(Struct):
    """A turn that began and was not completed.

    Args:
        place: where its first event stands.
    """

    place: int
    turn_number: int | None
    started: float | None = None
    messages: int = 0
    interruptions: int = 0
    calls: int = 0
    unpriced_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    convergence: float | None = None

    def spend(self, event: Event, usage: Usage) -> None:
        """Take in a call that ended, and what it used, unless a branch copied it."""
        completed = event.type == "api.call.completed"
        self.calls += completed
        if "copied_from" in event.extra:
            return
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        cost = payload.number(event.data, "cost_usd")
        if cost is not None:
            self.cost_usd += cost
        elif completed:
            self.unpriced_calls += 1

    def row(self, experiment_id: str | None, end: Event | None = None) -> Row:
        """Give the row of the turn, by the event that completed it, if it was."""
        return (
            experiment_id,
            self.turn_number,
            self.started,
            None if end is None else seconds(end.timestamp),
            None if end is None else number(end.data.get("duration")),
            self.messages,
            self.interruptions,
            self.calls,
            integer(self.input_tokens),
            integer(self.output_tokens),
            None if self.unpriced_calls else number(self.cost_usd),
            self.convergence,
        )
