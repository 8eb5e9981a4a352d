"""What can be seen of an event whose words were taken out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.errors import UsageError
from pidgin_cli.events.event import Event

REDACTED = "[REDACTED]"
"""Stands where words were."""


def is_redacted(event: Event) -> bool:
    """Say whether words of the conversation are gone from this event."""
    if event.extra.get("redacted") or event.data.get("redacted"):
        return True
    return REDACTED in (event.data.get("content"), event.data.get("initial_prompt"))


def unredacted(events: Iterable[Event], wish: str) -> Iterator[Event]:
    """Give the events, all of whose words are needed.

    Args:
        wish: what is to be done with them, for a message.

    Raises:
        UsageError: words are gone from one of them.
    """
    for event in events:
        if is_redacted(event):
            raise UsageError(
                f"experiment {event.experiment_id} cannot be {wish}: its words were redacted, "
                f"{event.type} {event.id} has none, and what was removed is gone"
            )
        yield event
