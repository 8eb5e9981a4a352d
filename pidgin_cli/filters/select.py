"""Selecting: which events of a stream are wanted, by type, agent, turn and time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property
from typing import NamedTuple

from pidgin_cli.events.event import Event


class Turns(NamedTuple):
    """A range of turns, both ends included; None leaves an end open."""

    first: int | None
    last: int | None

    def holds(self, turn_number: int) -> bool:
        """Say whether a turn is in the range."""
        if self.first is not None and turn_number < self.first:
            return False
        return self.last is None or turn_number <= self.last


@dataclass(frozen=True)
class Selection:
    """What is wanted: every one of these that is not empty must hold.

    Args:
        types: patterns such as `api.*`, of which one must match the whole type.
        agents: ids, of which one must be the event's.
        turns: ranges, of which one must hold the turn; events without a turn are not wanted.
        since, until: Unix seconds, the first included, the other not.
    """

    types: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    turns: tuple[Turns, ...] = ()
    since: float | None = None
    until: float | None = None

    @property
    def everything(self) -> bool:
        """Whether every event is wanted."""
        return self == Selection()

    def admits(self, event: Event) -> bool:
        """Say whether an event is wanted."""
        if self.types and not self.admits_type(event.type):
            return False
        if self.agents and event.agent_id not in self.agents:
            return False
        if self.turns:
            turn_number = event.turn_number
            if turn_number is None or not any(turns.holds(turn_number) for turns in self.turns):
                return False
        if self.since is not None and event.timestamp < self.since:
            return False
        return self.until is None or event.timestamp < self.until

    def admits_type(self, kind: str) -> bool:
        """Say whether a type matches one of the patterns."""
        return self._type.fullmatch(kind) is not None

    @cached_property
    def _type(self) -> re.Pattern[str]:
        return re.compile("|".join(map(translate, self.types)))


def select(events: Iterable[Event], selection: Selection) -> Iterator[Event]:
    """Give the events that are wanted, in their order; nothing is held."""
    return iter(events) if selection.everything else filter(selection.admits, events)
