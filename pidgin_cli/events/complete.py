"""Lines whose envelope is complete, read into an event at once; every other one is left.

The parser is told the types of all that such a line may hold, so that nothing is left to look at.
"""

from __future__ import annotations

from collections.abc import Callable
from types import GenericAlias
from typing import Annotated, Any

from msgspec import DecodeError, Meta, defstruct
from msgspec.json import Decoder

from pidgin_cli.events.event import LONGEST_ID, NOTHING, Event

_LEVELS = 6
"""Lists and objects within one another that payloads rarely have more of."""
_INTEGER = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_SECONDS = Annotated[float, Meta(gt=-(2.0**63), lt=2.0**63)]
_NAME = Annotated[str, Meta(min_length=1)]
_NOT_IN_LINES = Annotated[bytes, Meta(min_length=2**62)]
"""The type of fields that are not of the envelope: keys of these names fit no more than others."""


def _payload() -> GenericAlias:
    scalar: Any = _INTEGER | float | str | bool | None
    value = scalar
    for _ in range(_LEVELS - 1):
        value = scalar | GenericAlias(list, value) | _object(value)
    return _object(value)


def _object(value: Any) -> GenericAlias:
    return GenericAlias(dict, (str, value))


_COMPLETE: Any = defstruct(
    Event.__name__,
    [
        ("type", _NAME),
        ("experiment_id", _NAME),
        ("id", Annotated[str, Meta(max_length=LONGEST_ID)]),
        ("timestamp", _SECONDS),
        ("turn_number", _INTEGER | None),
        ("agent_id", str | None),
        ("data", _payload()),
        ("v", _INTEGER),
        ("extra", _NOT_IN_LINES, NOTHING),
        ("line", _NOT_IN_LINES, None),
    ],
    bases=(Event,),
    forbid_unknown_fields=True,
)

complete_event: Callable[[bytes], Event] = Decoder(_COMPLETE).decode
"""Gives the event of a line, without the line itself.

The payload of a usual one has no integer past 63 bits, and few levels.

Raises:
    NOT_COMPLETE: it may be none, or may have more than a usual one.
"""
NOT_COMPLETE = (DecodeError, UnicodeDecodeError)
