"""Places: one number for a source and a byte offset in it, which keys every row."""

from __future__ import annotations

LOG_BYTES = 1 << 40
"""A log longer than that, a tebibyte, cannot be indexed."""


def first_place(source: int) -> int:
    """Give the place of the first byte of a source."""
    return source * LOG_BYTES


def places(source: int) -> tuple[int, int]:
    """Give the first and the last place that rows of a source can have."""
    return first_place(source), first_place(source + 1) - 1
