"""What a filter is: an object that is fed events and gives events, and the generator around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from pidgin_cli.events.event import Event


class Filter(Protocol):
    """Takes events one by one, in the order of the stream, and gives others in their place.

    What it holds is kept per experiment, and freed at the experiment's end.
    """

    def feed(self, event: Event) -> Iterable[Event]:
        """Take in the next event, and give those that are ready."""

    def finish(self) -> Iterable[Event]:
        """Give what is still held when the stream has ended."""


def filtered(events: Iterable[Event], through: Filter) -> Iterator[Event]:
    """Give the events that come out of the filter, each as soon as it is ready."""
    for event in events:
        yield from through.feed(event)
    yield from through.finish()
