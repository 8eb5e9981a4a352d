"""The one fold as a view takes it: event by event, without the history that was shown already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pidgin_cli.events.cast import OpenResponse, Spoken
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.views.sound import sound

_SPEAKS = frozenset({"response.completed", "response.interrupted"})
_QUIET = frozenset(
    {"turn.completed", "api.call.started", "api.call.completed", "stream.chunk.received"}
)
"""Kinds that change what the fold knows, and of which no view shows anything."""
UNREAD = _QUIET | {"turn.started", "response.started", "context.usage"}
"""Kinds whose payload views read with care, as the fold does, so that it may hold anything."""


class Step(NamedTuple):
    """What one event changed.

    Args:
        event: the event, well typed.
        message: what was said with it.
        cut: a response that this event, by its coming, shows to have been cut without a word.
    """

    event: Event
    message: Spoken | None = None
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A response that came to no end, and the event that began it."""

    began: Event
    response: OpenResponse


class Progress:
    """State of one experiment after the events so far; holds one response, never the log."""

    def __init__(self) -> None:
        self.conversation = Conversation()
        self._began: Event | None = None

    def take(self, event: Event) -> Step | None:
        """Take in the next event; None if it is nothing that a view shows."""
        conversation = self.conversation
        if event.type in _QUIET or event.v != SCHEMA_VERSION:
            conversation.apply(event)
            return None
        open_before, began_before = conversation.open_response, self._began
        if event.type not in UNREAD:
            event = sound(event)
        conversation.apply(event)
        if conversation.interventions or conversation.perspectives:
            conversation.perspectives.clear()
            conversation.interventions.clear()
        message = conversation.messages.pop() if conversation.messages else None
        if conversation.open_response is open_before:
            return Step(event, message)
        if event.type == "response.started":
            self._began = event
        cut = None
        if open_before is not None and began_before is not None and event.type not in _SPEAKS:
            cut = Cut(began_before, open_before)
        return Step(event, message, cut)

    @property
    def under_way(self) -> Cut | None:
        """The response that has begun and not ended."""
        response = self.conversation.open_response
        if response is None or self._began is None:
            return None
        return Cut(self._began, response)
