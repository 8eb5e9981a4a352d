"""Conversions: items, such as rows or lines, that are made of a stream of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from pidgin_cli.events.event import Event

Item = TypeVar("Item", covariant=True)


class Conversion(Protocol[Item]):
    """Makes items of a stream of events; what it knows, it knows by experiment."""

    @property
    def noted(self) -> set[str]:
        """Names that were met on the way."""

    def complete(self, events: Iterable[Event]) -> Iterator[Item]:
        """Give the items that are complete."""

    def rest(self) -> Iterator[Item]:
        """Give those that wait for more, when no more events come."""


def all_items(conversion: Conversion[Item], events: Iterable[Event]) -> Iterator[Item]:
    """Give the items of a whole stream."""
    yield from conversion.complete(events)
    yield from conversion.rest()
