"""What a configuration file says: its keys, the lines they stand on, and their plain values."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Entry(NamedTuple):
    """What stands behind a key, or in a list.

    Args:
        line: of the key, or where the item begins, from 1; also where the value is an alias of
            something further up.
    """

    line: int
    value: Value


Section: TypeAlias = dict[str, Entry]
Value: TypeAlias = "bool | int | float | str | list[Entry] | Section | None"
