"""Reading payloads whose values may have any type, for logs may have been written elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.event import NOTHING

LARGEST = 1e300
"""Numbers past this one are none: their sums would not be finite."""


def text(data: Mapping[str, Any], key: str) -> str | None:
    """Give a text; what is something else becomes its JSON, so that nobody's words are lost."""
    value = data.get(key)
    return value if value is None or isinstance(value, str) else _as_text(value)


def integer(data: Mapping[str, Any], key: str) -> int | None:
    """Give an integer; None for anything else, true and false included."""
    value = data.get(key)
    return value if type(value) is int else None


def number(data: Mapping[str, Any], key: str) -> float | None:
    """Give a finite number; None for anything else, true and false included."""
    value: Any = data.get(key)
    return value if type(value) in (int, float) and -LARGEST < value < LARGEST else None


def mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Give an object; one with nothing in it for anything else."""
    value = data.get(key)
    return value if isinstance(value, Mapping) else NOTHING


def mappings(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Give the objects of a list; none for anything else."""
    value = data.get(key)
    items = value if isinstance(value, list | tuple) else ()
    return [item for item in items if isinstance(item, Mapping)]


def texts(data: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    """Give the texts of a list, or what is no list as the only one; None for null."""
    value = data.get(key)
    if value is None:
        return None
    items = value if isinstance(value, list | tuple) else (value,)
    return tuple(item if isinstance(item, str) else _as_text(item) for item in items)


def error(data: Mapping[str, Any], key: str = "error") -> Mapping[str, Any]:
    """Give an error; what is no object is the message of one."""
    value = data.get(key)
    if value is None or isinstance(value, Mapping):
        return mapping(data, key)
    return {"message": text(data, key)}


def _as_text(value: object) -> str:
    return encode_value(value).decode()
