"""The one fold as a view takes it: event by event, without the history that was shown already."""

from __future__ import annotations

from dataclasses import dataclass

from pidgin_cli.events.conversation import Conversation, OpenResponse, Spoken
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.views.sound import sound

_SPEAKS = frozenset({"response.completed", "response.interrupted"})


@dataclass(frozen=True, slots=True)
class Step:
    """What one event changed.

    Args:
        event: the event, well typed.
        message: what was said with it.
        cut: a response that this event, by its coming, shows to have been cut without a word.
    """

    event: Event
    message: Spoken | None = None
    cut: OpenResponse | None = None


class Progress:
    """State of one experiment after the events so far; holds one response, never the log."""

    def __init__(self) -> None:
        self.conversation = Conversation()

    def take(self, event: Event) -> Step | None:
        """Take in the next event; None if it is of a schema version that is not known."""
        conversation = self.conversation
        open_before = conversation.open_response
        event = sound(event)
        conversation.apply(event)
        if event.v != SCHEMA_VERSION:
            return None
        conversation.perspectives.clear()
        conversation.interventions.clear()
        message = conversation.messages.pop() if conversation.messages else None
        cut = None
        if open_before is not conversation.open_response and event.type not in _SPEAKS:
            cut = open_before
        return Step(event, message, cut)
