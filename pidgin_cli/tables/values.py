"""From what a payload holds, whatever that is, to what a column can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import fields

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.payload import LARGEST

_SMALLEST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**63 - 1
_FIRST_SECOND, _LAST_SECOND = -253_402_300_799.0, 253_402_300_799.0
"""The end of the year 9999, past which readers of tables fail, and as long before 1970."""


Text = str | None
Integer = Annotated[int, Meta(ge=_SMALLEST_INTEGER, le=_LARGEST_INTEGER)] | None
Number = Annotated[float, Meta(gt=-LARGEST, lt=LARGEST)] | None
Boolean = bool | None
"""What a column can hold, as the type of a field that is read of a payload."""

Shape = TypeVar("Shape", bound=Struct)


def read(shape: type[Shape], data: Mapping[str, Any]) -> Shape:
    """Give what a payload holds under the names of these fields, as columns can hold it."""
    try:
        return convert(data, shape)
    except ValidationError:
        values = {each.name: _read(data.get(each.name), each.type) for each in fields(shape)}
        return shape(**values)


def _read(value: Any, kind: Any) -> Any:
    try:
        return convert(value, kind)
    except ValidationError:
        return text(value) if kind == Text else None


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
    if type(value) is int and _SMALLEST_INTEGER <= value <= _LARGEST_INTEGER:
        return value
    return None


def number(value: Any) -> float | None:
    """Give a finite number; None for anything else, true and false included."""
    if type(value) is float and -LARGEST < value < LARGEST:
        return value
    return float(value) if type(value) is int and -LARGEST < value < LARGEST else None


def seconds(value: Any) -> float | None:
    """Give Unix seconds of a time that calendars know."""
    if type(value) is float and _FIRST_SECOND <= value <= _LAST_SECOND:
        return value
    return float(value) if type(value) is int and _FIRST_SECOND <= value <= _LAST_SECOND else None


def json(value: Any) -> str:
    """Give the JSON of any value."""
    return encode_value(value).decode()


def listed(value: Any) -> str | None:
    """Give the JSON of a list or an object; None where there is none."""
    return None if value is None else json(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """Give an object; one with nothing in it for anything else."""
    return value if type(value) is dict or isinstance(value, Mapping) else {}
