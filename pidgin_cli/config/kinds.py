"""From a plain value to the type that a setting has."""

from __future__ import annotations

import math
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pidgin_cli.config.document import Entry
from pidgin_cli.config.rules import RULES, Rule
from pidgin_cli.config.secret import Secret

INTEGERS = range(-(2**63), 2**63)
"""What fits into an event, where the settings of a run are written down."""

_WANTED: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    Path: "a path",
    Any: "what can be written as JSON",
    tuple[str, ...]: "one text or several in a list",
    Secret: "text of printable ASCII characters in one line",
}


def settle(pattern: str, hint: Any, value: object) -> Any:
    """Give the value as the type that the hint asks for, when its rule allows it.

    Args:
        pattern: dotted key with `*` for names, by which the rule is found; at one that ends in
            `*` there is none, because that is about the name.
        hint: bool, int, float, str, Path, Secret, a Literal, one of these or None, several texts
            as a tuple, or Any.

    Raises:
        ValueError: it is something else; the text says what was wanted.
    """
    options = [option for option in _options(hint) if option is not NoneType]
    if value is None and len(options) < len(_options(hint)):
        return None
    rule = None if pattern.endswith("*") else RULES.get(pattern)
    wanted = rule.wanted if rule else _wanted(options[0])
    try:
        return _allowed(rule, options[0], value)
    except ValueError:
        raise ValueError(wanted) from None


def _options(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _wanted(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return f"one of {', '.join(get_args(hint))}"
    return _WANTED[hint]


def _allowed(rule: Rule | None, hint: Any, value: object) -> Any:
    if rule and rule.parse and isinstance(value, str):
        value = rule.parse(value)
    typed = _typed(hint, value)
    if rule and not rule.holds(typed):
        raise ValueError(value)
    return typed


def _typed(hint: Any, value: object) -> Any:
    if hint is Any:
        return _plain(value)
    if get_origin(hint) is Literal:
        # By type too, because True == 1.
        if type(value) is str and value in get_args(hint):
            return value
    elif hint is float:
        return _number(value)
    elif hint is Path:
        return _path(value)
    elif hint is Secret:
        return _secret(value)
    elif hint == tuple[str, ...]:
        return _texts(value)
    elif type(value) is hint and (hint is not int or value in INTEGERS):
        return value
    raise ValueError(value)


def _number(value: object) -> float:
    # bool is an int to Python, and not a number to anybody else.
    if type(value) is float and math.isfinite(value):
        return value
    if type(value) is int and value in INTEGERS:
        return float(value)
    raise ValueError(value)


def _path(value: object) -> Path:
    if not isinstance(value, str | Path) or not str(value) or "\0" in str(value):
        raise ValueError(value)
    return Path(value)


def _secret(value: object) -> Secret:
    if type(value) is not str or not value or not value.isascii() or not value.isprintable():
        raise ValueError
    return Secret(value)


def _texts(value: object) -> tuple[str, ...]:
    texts = tuple(_plain(value)) if isinstance(value, list | tuple) else (value,)
    if all(type(text) is str for text in texts):
        return texts
    raise ValueError(value)


def _plain(value: object) -> Any:
    """Give what a file says without its lines, as JSON has it."""
    if isinstance(value, Entry):
        return _plain(value.value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    if type(value) is int and value not in INTEGERS:
        raise ValueError
    return value
