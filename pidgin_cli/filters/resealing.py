"""Resealing: the digests of a log kept true while a filter changes, drops or adds its lines."""

from __future__ import annotations

from collections.abc import Iterable

from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.seal import SEALED, Seal

_SEAL = ("events", "digest")


class Resealing:
    """Follows one experiment through a filter: its lines as they come in, and as they go out."""

    __slots__ = ("_given", "_taken")

    def __init__(self) -> None:
        self._taken = Seal()
        self._given = Seal()

    def feed(self, event: Event, given: Iterable[Event]) -> list[Event]:
        """Give what a filter gave for an event, with count and digest as they are now.

        Where they held for everything that came in so far, a sealed event gets those of what went
        out; where they did not, it gets none, for what they stood for is not known. An event that
        comes out as it was keeps its line byte for byte.

        Args:
            event: what came in, with its line.
            given: what goes out in its place, in order; nothing where it is dropped.
        """
        held = _holds(event, self._taken)
        self._taken.add(encode(event))
        events = []
        for each in given:
            sealed = _sealed(each, self._given if held else None)
            self._given.add(encode(sealed))
            events.append(sealed)
        return events


def _holds(event: Event, taken: Seal) -> bool:
    return (
        event.type in SEALED
        and event.data.get("events") == taken.events
        and event.data.get("digest") == taken.digest
    )


def _sealed(event: Event, seal: Seal | None) -> Event:
    if event.type not in SEALED or event.v != SCHEMA_VERSION:
        return event
    data = {key: value for key, value in event.data.items() if key not in _SEAL}
    if seal is not None:
        data |= {"events": seal.events, "digest": seal.digest}
    return event if data == event.data else event.changed(data=data)
