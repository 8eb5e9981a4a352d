"""Characters: how many of them begin before a place in UTF-8."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate

_CONTINUATION = bytes(range(0x80, 0xC0))
_BLOCK = 1024  # bytes


class Characters:
    """Counts the characters of one text, and no block of it more than once for all before it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()

    def before(self, place: int) -> int:
        """Give how many characters begin before this byte."""
        if self._ascii:
            return place
        block = place // _BLOCK
        return self._before[block] + count_of(self._data[block * _BLOCK : place])

    @cached_property
    def _before(self) -> list[int]:
        data = self._data
        counts = (count_of(data[start : start + _BLOCK]) for start in range(0, len(data), _BLOCK))
        return [0, *accumulate(counts)]


def count_of(data: bytes) -> int:
    """Give how many characters begin in this piece of UTF-8."""
    return len(data.translate(None, _CONTINUATION))
