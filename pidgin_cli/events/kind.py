"""What a kind of event is: a stable dotted name, a typed payload, and how one is drafted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Payload = TypeVar("Payload", bound=Mapping[str, Any])
PayloadType = type[Payload]


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that has no id, time and experiment yet: those are the store's to give.

    Args:
        type: dotted name of the kind, in the past tense.
        data: payload of the kind.
        turn_number: from 0; None for what concerns the whole experiment.
        agent_id: None for what the system did.
        copied_from: id of the event of another experiment that this one repeats.
    """

    type: str
    data: Mapping[str, Any]
    turn_number: int | None = None
    agent_id: str | None = None
    copied_from: str | None = None


@dataclass(frozen=True, slots=True)
class Kind(Generic[Payload]):
    """One kind of event; calling it drafts one.

    Args:
        type: dotted name, as it stands in the log. It never changes.
        payload: the TypedDict that describes its data.
    """

    type: str
    payload: PayloadType[Payload]

    def __call__(
        self, data: Payload, turn_number: int | None = None, agent_id: str | None = None
    ) -> Draft:
        """Draft an event of this kind."""
        return Draft(self.type, data, turn_number, agent_id)
