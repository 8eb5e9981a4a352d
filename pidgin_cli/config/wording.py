"""How names and values from outside are shown in an error's one line."""

from __future__ import annotations

LONGEST = 60
"""Characters of a value or a name that a message shows."""


def printable(text: str) -> str:
    """Give the text in one line, with control and bidirectional characters escaped."""
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def brief(text: str) -> str:
    """Give the same, cut where it is long; not for paths, which people need whole."""
    return printable(text) if len(text) <= LONGEST else f"{printable(text[:LONGEST])}…"


def shown(value: object) -> str:
    """Give a value as a person would write it into the file, or say what it is."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        # Python refuses to write out integers past 4,300 digits.
        return str(value) if abs(value) < 2**64 or isinstance(value, float) else "a huge number"
    return f'"{brief(str(value))}"'


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
