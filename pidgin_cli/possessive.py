"""Expressions in which groups repeat possessively, right with every Python."""

from __future__ import annotations

import re
import sys
from typing import AnyStr

SOUND = sys.version_info >= (3, 11, 5)
"""Whether `(?:ab?c)*+` ends where its last whole round does, and not where a further one failed."""

_PART = (
    r"(?s)(?P<open>\()"
    r"|(?P<close>\))(?:(?P<repeat>[*+?]|\{[0-9,]+\})(?P<possessive>\+)?)?"
    r"|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[^\\\[()]+"
)


def compiled(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Compile an expression, in other words where this Python gets these wrong."""
    return re.compile(expression if SOUND else atomic(expression), flags)


def atomic(expression: AnyStr) -> AnyStr:
    """Say with atomic groups what an expression says with groups that repeat possessively.

    It matches the same, and its groups have the same numbers; it only takes longer.
    """
    if isinstance(expression, bytes):
        return _atomic(expression.decode("latin-1")).encode("latin-1")
    return _atomic(expression)


def _atomic(expression: str) -> str:
    written: list[str] = []
    begun: list[int] = []
    for part in re.finditer(_PART, expression):
        if part["open"]:
            begun.append(len(written))
        start = begun.pop() if part["close"] else 0
        if part["possessive"]:
            written[start] = f"(?>{written[start]}"
            written.append(f"){part['repeat']})")
        else:
            written.append(part[0])
    return "".join(written)
