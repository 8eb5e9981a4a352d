"""What can be taken out of JSON that somebody else wrote, whatever it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from pidgin_cli.events.event import NOTHING
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.failures import one_line

_MOST = 2**53
"""Beyond it, JSON of others is not exact, and nothing is counted."""
_SURROGATES = re.compile("[\ud800-\udfff]")


def parsed(data: str | bytes) -> Any:
    """Give the value that stands in a text of JSON.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return orjson.loads(data)
    except ValueError:
        pass
    try:
        # Servers in Python write NaN and halves of surrogate pairs, which only this one reads.
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def message_object(data: str) -> Mapping[str, Any]:
    """Give the object that a message of a stream holds.

    Raises:
        ProviderError: `bad_response`: it holds none.
    """
    try:
        value = parsed(data)
    except ValueError:
        value = None
    if type(value) is not dict:
        raise ProviderError("bad_response", f"not a JSON object in the stream: {one_line(data)!r}")
    return value


def body_object(body: bytes) -> Mapping[str, Any]:
    """Give the object that the body of an answer holds, an empty one where it holds none."""
    try:
        return mapping(parsed(body))
    except ValueError:
        return NOTHING


def mapping(value: object) -> Mapping[str, Any]:
    """Give the value if it is an object of JSON, else an empty one."""
    # Asking an abstract class takes long, and this is asked several times a piece of text.
    return value if type(value) is dict else NOTHING


def sequence(value: object) -> Sequence[Any]:
    """Give the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """Give the value if it is a text, else an empty one; lone surrogates become U+FFFD."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else _SURROGATES.sub("\ufffd", value)


def word(value: object) -> str:
    """Give a code, which some services write as a number, as text; else an empty one."""
    return str(value) if type(value) is int and abs(value) <= _MOST else text(value)


def count(value: object) -> int | None:
    """Give the value if it is a number of things, else None."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value <= _MOST else None
