"""Digests: whether a log is, byte for byte, what was sealed when it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple

from pidgin_cli.checks.finding import Finding, Line, line_of
from pidgin_cli.events import payload
from pidgin_cli.events.seal import SEALED, Seal

_SIGNS = (b'"digest"', b"\\u00")
"""What a line with a digest has in it: the key, or an escape that may stand for some of it."""


class Passage(NamedTuple):
    """Lines of a log, of which only the last one can hold a digest.

    Args:
        lines: those without one.
        number: how many these are.
        last: the one after them, where that may hold one.
    """

    lines: bytes
    number: int
    last: Line | None


def passages(blocks: Iterable[bytes]) -> Iterator[Passage]:
    """Give the lines of a log, cut behind those that may hold a digest, and nowhere within one.

    Args:
        blocks: whole lines; only the last one of all may lack its newline.
    """
    offset = number = 0
    for block in blocks:
        start = 0
        for place in _signs(block):
            if place < start:
                # It is in the line that was given.
                continue
            first = block.rfind(b"\n", start, place) + 1 or start
            end = block.find(b"\n", place) + 1 or len(block)
            count = block.count(b"\n", start, first)
            number += count + 1
            last = line_of(number, offset + first, block[first:end])
            yield Passage(block[start:first], count, last)
            start = end
        if start < len(block):
            count = block.count(b"\n", start) + (not block.endswith(b"\n"))
            number += count
            yield Passage(block[start:], count, None)
        offset += len(block)


def _signs(block: bytes) -> Iterator[int]:
    """Give where lines may hold a digest, in their order."""
    return merge(*(_places(block, sign) for sign in _SIGNS))


def _places(block: bytes, sign: bytes) -> Iterator[int]:
    place = block.find(sign)
    while place >= 0:
        yield place
        place = block.find(sign, place + len(sign))


class Digests:
    """Compares each digest in a log with what stands before it.

    `uncovered` is how many lines stand behind the last digest that holds, itself not counted.

    Args:
        whole: whether all of the log is given, so that its lines are to be as many as it says.
    """

    def __init__(self, *, whole: bool) -> None:
        self.uncovered = 0
        self._whole = whole
        self._seal = Seal()

    def skip(self, passage: Passage) -> None:
        """Take in the lines of a passage without a digest."""
        self.uncovered += passage.number
        self._seal.add(passage.lines, passage.number)

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and give what is wrong with the digest in it."""
        event = line.event
        self.uncovered += 1
        found: Iterable[Finding] = ()
        if event is not None and event.type in SEALED and isinstance(event.data.get("digest"), str):
            found = list(self._compare(line))
            if not found:
                self.uncovered = 0
        self._seal.add(line.data)
        return found

    def finish(self) -> Iterable[Finding]:
        """Give nothing: a log may end without a digest."""
        return ()

    def _compare(self, line: Line) -> Iterator[Finding]:
        data = line.event.data if line.event is not None else {}
        said, stand = payload.integer(data, "events"), self._seal.events
        if said is not None and said != stand:
            # Of a part of a log nothing else is to be expected.
            if self._whole:
                reason = f"{said} lines stood before it when it was written, and now there are "
                yield Finding.at(line, "digest", f"{reason}{stand}")
        elif data["digest"] != self._seal.digest:
            reason = "the lines before it are not those that stood there when it was written"
            yield Finding.at(line, "digest", reason)
