"""Shapes: what a value of an event may be to pass, and what takes the place of a text.

Each shape says it twice from one source: of values that were decoded, and, as an expression, of
the JSON that pidgin itself writes. What the expression matches is what the shape admits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

OBJECT = rb"\{(?:[^{}\x00-\x1f]++|\{[^{}\x00-\x1f]*+\})*+\}"
"""Matches every object of two levels whose strings hold no braces, and much that is none."""
INTEGER = rb"-?+(?!0[0-9])[0-9]{1,12}+"
NUMBER = INTEGER + rb"(?:\.[0-9]{1,17}+)?+(?:e-[0-9]{1,2}+)?+"
POSITIVE = rb"[1-9][0-9]{0,11}+"
LARGEST = 10**12
"""Numbers from here on do not pass: what counts or measures something is smaller."""


class Plain(NamedTuple):
    """Passes as it is, and tells nothing that anybody said.

    Args:
        json: expression of its JSON, without groups.
        admits: whether a decoded value is one.
    """

    json: bytes
    admits: Callable[[Any], bool]


class Role(Enum):
    """What a string is that cannot pass as it is; each has its own way to be replaced."""

    TEXT = "text"
    MESSAGE = "message"
    DELTA = "delta"
    MODEL = "model"
    PROVIDER = "provider"
    REQUEST = "request"
    EXPERIMENT = "exp"
    AGENT = "agent"
    EVENT = "event"
    GROUP = "group"
    FINGERPRINT = "fingerprint"
    """A hash of clear text, which would confirm guesses."""
    RESPONSE = "response"
    """The number that joins the events of a response."""
    INDEX = "index"
    """The place of a delta among those of its response."""
    PIECES = "pieces"
    """Whole lines: the further deltas of a response, and chunks among them."""
    SIZE = "size"
    """A number of characters; a length for each piece would rebuild the text."""


class Each(NamedTuple):
    """A list, or null; each item has this shape."""

    shape: Shape


class Fields(NamedTuple):
    """An object with these keys and no others; all but the first may be missing."""

    shapes: Mapping[str, Shape]


class Names:
    """An object whose keys and values are names that somebody chose."""


class Tree(NamedTuple):
    """An object of numbers, flags and listed words under listed keys, at any depth.

    Args:
        keys: what may be a key.
        words: what may be a value beside numbers and flags.
    """

    keys: frozenset[str]
    words: frozenset[str] = frozenset()

    def admits(self, value: Any, depth: int = 3) -> bool:
        """Say whether a value is such an object, of so many levels at most."""
        return (
            depth > 0
            and type(value) is dict
            and all(
                self.has(key) and (self.holds(item) or self.admits(item, depth - 1))
                for key, item in value.items()
            )
        )

    def has(self, key: str) -> bool:
        """Say whether a key, or every word of a dotted one, is listed."""
        return all(part in self.keys for part in key.split("."))

    def holds(self, value: Any) -> bool:
        """Say whether a value can stand under a key."""
        if isinstance(value, str):
            return value in self.words
        return value is None or type(value) is bool or _is_number(value)


Shape = Plain | Role | Each | Fields | Names | Tree


def _is_number(value: object) -> bool:
    # A bool is none, though it is an int; mypy does not see what a look at the type itself tells.
    return type(value) in (int, float) and -LARGEST < value < LARGEST  # type: ignore[operator]


def _is_integer(value: object) -> bool:
    return type(value) is int and -LARGEST < value < LARGEST


def word(*words: str) -> Plain:
    """Give the shape of one of these words, which JSON writes as they are."""
    known = frozenset(words)
    choice = "|".join(map(re.escape, sorted(words, key=len, reverse=True))).encode()
    return Plain(b'"(?:' + choice + b')"', lambda value: type(value) is str and value in known)


def form(expression: str) -> Plain:
    """Give the shape of strings that an expression matches: of ASCII, without quotes."""

    @cache
    def pattern() -> re.Pattern[str]:
        return re.compile(expression, re.ASCII)

    return Plain(
        b'"' + expression.encode() + b'"',
        lambda value: type(value) is str and pattern().fullmatch(value) is not None,
    )


NUMERIC = Plain(NUMBER, _is_number)
COUNT = Plain(INTEGER, _is_integer)
FLAG = Plain(b"(?:true|false)", lambda value: type(value) is bool)
COUNTS = Plain(
    rb"\[(?:" + INTEGER + rb"(?:," + INTEGER + rb")*+)?+\]",
    lambda value: type(value) is list and all(map(_is_integer, value)),
)


def measured(*names: str) -> Fields:
    """Give the shape of an object that holds a number under each of these names."""
    return Fields(dict.fromkeys(names, NUMERIC))
