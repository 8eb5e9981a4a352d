"""From what a payload holds, whatever that is, to what a column can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.payload import LARGEST

_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**63 - 1
_FIRST_SECOND, _LAST_SECOND = -253_402_300_799.0, 253_402_300_799.0
"""The end of the year 9999, past which readers of tables fail, and as long before 1970."""


def text(value: Any) -> str | None:
    """Give text that has a UTF-8; what is no text gives its JSON."""
    if type(value) is not str:
        return None if value is None else json(value)
    if value.isascii():
        return value
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def integer(value: Any) -> int | None:
    """Give an integer of 64 bits; None for anything else, true and false included."""
    fits = type(value) is int and _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER
    return value if fits else None


def number(value: Any) -> float | None:
    """Give a finite number; None for anything else, true and false included."""
    fits = type(value) in (float, int) and -LARGEST < value < LARGEST
    return float(value) if fits else None


def boolean(value: Any) -> bool | None:
    """Give true or false; None for anything else."""
    return value if type(value) is bool else None


def seconds(value: Any) -> float | None:
    """Give Unix seconds of a time that calendars know."""
    fits = type(value) in (float, int) and _FIRST_SECOND <= value <= _LAST_SECOND
    return float(value) if fits else None


def json(value: Any) -> str:
    """Give the JSON of any value."""
    return encode_value(value).decode()


def listed(value: Any) -> str | None:
    """Give the JSON of a list or an object; None where there is none."""
    return None if value is None else json(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """Give an object; one with nothing in it for anything else."""
    return value if type(value) is dict or isinstance(value, Mapping) else {}
