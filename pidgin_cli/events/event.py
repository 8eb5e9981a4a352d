"""The event: one envelope around the payload of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import replace

SCHEMA_VERSION = 1
LONGEST_ID = 128
"""Characters of the id of an event, at most."""
NOTHING: Mapping[str, Any] = MappingProxyType({})


def nothing() -> Mapping[str, Any]:
    """Give a mapping with nothing in it, for fields that have none."""
    return NOTHING


class Event(Struct, frozen=True, eq=False, gc=False):
    """Something that happened in an experiment.

    Args:
        type: dotted name of the kind; readers pass unknown ones through.
        experiment_id: the conversation that it belongs to.
        id: unique, 1–128 characters; "" where a foreign line has none.
        timestamp: Unix seconds, with microseconds.
        turn_number: from 0; None for what concerns the whole experiment.
        agent_id: None for what the system did.
        data: payload of the kind.
        v: version of the schema.
        extra: top-level keys that this version does not know.
        line: the bytes it was read from or written as, with the newline; None once changed.
    """

    type: str
    experiment_id: str
    id: str
    timestamp: float
    turn_number: int | None
    agent_id: str | None
    data: Mapping[str, Any]
    v: int = SCHEMA_VERSION
    extra: Mapping[str, Any] = NOTHING
    line: bytes | None = None

    def changed(self, **values: Any) -> Self:
        """Give it with other values, and without the line, which is no longer its own."""
        return replace(self, **{"line": None, **values})

    def __eq__(self, other: object) -> bool:
        """Say whether both say the same, by whatever lines."""
        return isinstance(other, Event) and _said(self) == _said(other)


_said = attrgetter(*(name for name in Event.__struct_fields__ if name != "line"))
