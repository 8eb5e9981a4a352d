"""Stretches: lines of one experiment that stand together, found without decoding most of them."""

from __future__ import annotations

import re
from typing import NamedTuple

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode

_KEY = b"experiment_id"
_EXPERIMENT = re.compile(rb'"experiment_id"[ \t]*+:[ \t]*+"([^"\\]*+)"')
_DISGUISED = re.compile(rb"\\u00(?:5[fF]|[67])")
"""A letter of the key, written so that the key cannot be found."""


class Stretch(NamedTuple):
    """Lines one after another that are of one experiment, with bad and empty ones among them.

    Args:
        experiment: its id; empty where there are bad and empty lines alone.
        start, end: bytes of the block.
        lines: how many they are, if all of them are canonical.
    """

    experiment: bytes
    start: int
    end: int
    lines: int


def stretches(block: bytes) -> list[Stretch]:
    """Give the stretches of whole lines, in order; together they are the block."""
    found: list[Stretch] = []
    todo = [(0, len(block))]
    while todo:
        start, end = todo.pop()
        stretch = _only(block, start, end)
        middle = _middle(block, start, end) if stretch is None else 0
        if middle:
            todo += ((middle, end), (start, middle))
            continue
        stretch = stretch or Stretch(_decoded(block[start:end]), start, end, 1)
        if found and (not stretch.experiment or found[-1].experiment in (b"", stretch.experiment)):
            stretch = _joined(found.pop(), stretch)
        found.append(stretch)
    return found


def _only(block: bytes, start: int, end: int) -> Stretch | None:
    """Give the stretch of lines of which none can be of another experiment, if that is easily seen.

    None can be if its key stands there with nothing but this id, and cannot stand there unseen.
    """
    named = _EXPERIMENT.search(block, start, end)
    if named is None:
        return None
    # In a canonical line it stands once.
    lines = block.count(named[0], start, end)
    if lines != block.count(_KEY, start, end) or _DISGUISED.search(block, start, end) is not None:
        return None
    return Stretch(named[1], start, end, lines)


def _joined(first: Stretch, last: Stretch) -> Stretch:
    return Stretch(
        first.experiment or last.experiment, first.start, last.end, first.lines + last.lines
    )


def _middle(block: bytes, start: int, end: int) -> int:
    """Give where to cut lines in two; 0 where there is but one."""
    half = (start + end) // 2
    cut = block.find(b"\n", half, end - 1) + 1 or block.rfind(b"\n", start, half) + 1
    return cut if start < cut < end else 0


def _decoded(line: bytes) -> bytes:
    try:
        return decode(line).experiment_id.encode(errors="surrogatepass")
    except BadLineError:
        return b""
