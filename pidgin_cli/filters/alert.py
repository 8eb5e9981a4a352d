"""Alerts: which events somebody wants to be called for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from pidgin_cli.errors import UsageError
from pidgin_cli.events.event import Event

COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">=": ge,
    "<=": le,
    "!=": ne,
    ">": gt,
    "<": lt,
    "=": eq,
}
"""Longer ones first, so that none is taken for a shorter one."""

_ALERT = re.compile(
    r"(?P<type>[^:<>=!]+)(?::(?P<field>[^<>=!]+)(?P<sign>[<>!]?=|[<>])(?P<value>.*))?"
)


class Alert(NamedTuple):
    """Events of a type whose payload may have to hold a condition.

    Args:
        type: a pattern such as `api.call.*`.
        field: dotted path into the payload, or "" for no condition.
        sign: how the field is compared.
        value: with what; numbers are compared as numbers, all else as text.
    """

    type: str
    field: str = ""
    sign: str = "="
    value: float | str = ""

    def holds(self, event: Event) -> bool:
        """Say whether somebody wants to be called for this event."""
        if not fnmatchcase(event.type, self.type):
            return False
        if not self.field:
            return True
        found = _within(event.data, self.field)
        if isinstance(self.value, float):
            if type(found) not in (int, float):
                return False
        elif isinstance(found, str | bool):
            found = found if isinstance(found, str) else str(found).lower()
        else:
            return False
        return COMPARISONS[self.sign](found, self.value)


def parse_alert(text: str) -> Alert:
    """Give the alert of `TYPE` or `TYPE:FIELD>N`.

    Raises:
        UsageError: it is neither.
    """
    match = _ALERT.fullmatch(text.strip())
    if match is None:
        raise UsageError(
            f"--alert {text!r} is neither TYPE nor TYPE:FIELD>VALUE, "
            "such as attractor.detected or convergence.measured:score>=0.8"
        )
    if match["field"] is None:
        return Alert(match["type"])
    sign, value = match["sign"], _value(match["value"].strip())
    if sign not in ("=", "!=") and not isinstance(value, float):
        raise UsageError(f"--alert {text!r}: {sign} needs a number, and {value!r} is none")
    return Alert(match["type"], match["field"].strip(), sign, value)


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _within(data: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(data, Mapping) or name not in data:
            return None
        data = data[name]
    return data
