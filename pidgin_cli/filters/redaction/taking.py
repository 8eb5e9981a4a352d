"""Taking lines in: how far that is, and what is seen of them besides what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

_DECODED = 1 << 14
"""Bytes that are decoded at once: what is larger gets memory that is new each time."""


class Bad(NamedTuple):
    """A line that is no event.

    Args:
        place, line: bytes and lines before it, among those that were taken in with it.
        reason: what is wrong, in words that hold nothing of the line.
        whole: whether it has its newline.
    """

    place: int
    line: int
    reason: str
    whole: bool


class Seen(NamedTuple):
    """Lines that were taken in, behind those that were before.

    Args:
        size: in bytes.
        lines: how many they are.
    """

    size: int
    lines: int
    bad: Sequence[Bad]


class Taking:
    """Lines that are being taken in.

    Args:
        block: lines with their newlines; only the last one of a stream may lack its own.
        canonical: how many they are if all of them are canonical, where that is known.

    `place` is where those begin that are still to come, `lines` how many came before, and `given`
    what has come of them.
    """

    __slots__ = ("_bad", "_canonical", "_known", "block", "given", "lines", "place")

    def __init__(self, block: bytes, canonical: int | None = None) -> None:
        self.block = block
        self._canonical = canonical
        self.place = self.lines = self._known = 0
        self.given: list[bytes] = []
        self._bad: list[Bad] = []

    @property
    def are_left(self) -> bool:
        """Whether there are still lines to come."""
        return self.place < len(self.block)

    def end_of_utf8(self) -> int:
        """Give where that ends which is UTF-8, from the next line on."""
        if self._known <= self.place:
            self._known = _end_of_utf8(self.block, self.place)
        return self._known

    def canonical(self, end: int) -> tuple[bytes, int]:
        """Take the lines up to this place, which are canonical; give them and their number."""
        start, self.place = self.place, end
        lines = self._canonical if start == 0 and end == len(self.block) else None
        if lines is None:
            lines = self.block.count(b"\n", start, end)
        self.lines += lines
        return self.block[start:end], lines

    def line(self) -> bytes:
        """Take the next line."""
        start = self.place
        self.place = self.block.find(b"\n", start) + 1 or len(self.block)
        self.lines += 1
        return self.block[start : self.place]

    def leave_out(self, line: bytes, reason: str) -> None:
        """Take down that the line that was taken last is bad."""
        place = self.place - len(line)
        self._bad.append(Bad(place, self.lines - 1, reason, whole=line.endswith(b"\n")))

    def seen(self) -> Seen:
        """Give what was seen of all of them."""
        return Seen(len(self.block), self.lines, self._bad)


def _end_of_utf8(block: bytes, place: int) -> int:
    """Give where the lines from this place on end that are UTF-8."""
    if block.isascii():
        return len(block)
    view = memoryview(block)
    while place < len(block):
        end = block.rfind(b"\n", place, place + _DECODED) + 1
        end = end or block.find(b"\n", place) + 1 or len(block)
        try:
            str(view[place:end], "utf-8")
        except UnicodeDecodeError as error:
            return max(place, block.rfind(b"\n", place, place + error.start) + 1)
        place = end
    return place
