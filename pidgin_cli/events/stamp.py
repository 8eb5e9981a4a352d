"""From a draft to an event: its id, its time, its experiment and its line."""

from __future__ import annotations

import time
from collections.abc import Callable

from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.event import NOTHING, SCHEMA_VERSION, Event
from pidgin_cli.events.ids import EventIds, TokenSource, random_token
from pidgin_cli.events.kind import Draft

Clock = Callable[[], float]
"""Gives Unix seconds."""


class Stamp:
    """Makes the events of one experiment by one writer.

    Timestamps never go back, whatever the clock does.

    Args:
        experiment_id: what the events belong to.
        not_before: Unix seconds of the last event already in the log.
    """

    __slots__ = ("_clock", "_experiment_id", "_ids", "_last")

    def __init__(
        self,
        experiment_id: str,
        *,
        clock: Clock = time.time,
        token: TokenSource = random_token,
        not_before: float = 0.0,
    ) -> None:
        self._experiment_id = experiment_id
        self._ids = EventIds(token)
        self._clock = clock
        self._last = not_before

    def __call__(self, draft: Draft) -> Event:
        """Give the event of the draft, with its line."""
        self._last = max(self._last, round(self._clock(), 6))
        event_id = next(self._ids)
        data = draft.data
        extra = NOTHING if draft.copied_from is None else {"copied_from": draft.copied_from}
        line = encode_object(
            {
                "v": SCHEMA_VERSION,
                "id": event_id,
                "type": draft.type,
                "experiment_id": self._experiment_id,
                "timestamp": self._last,
                "turn_number": draft.turn_number,
                "agent_id": draft.agent_id,
                "data": data if type(data) is dict else dict(data),
                **extra,
            }
        )
        return Event(
            draft.type,
            self._experiment_id,
            event_id,
            self._last,
            draft.turn_number,
            draft.agent_id,
            data,
            extra=extra,
            line=line,
        )
