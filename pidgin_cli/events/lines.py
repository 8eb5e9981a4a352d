r"""Lines: bytes that come in blocks, cut wherever that may be, made whole again.

Only `\n` ends a line: U+2028, U+0085 and form feeds stand inside valid strings of JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the same bytes in blocks that end with a line, and last what stands behind the lines."""
    held: list[bytes] = []
    for block in blocks:
        # A line longer than a block is given alone: nobody has to copy it out of others then.
        alone = block.find(b"\n") + 1 if len(held) > 1 else 0
        if alone:
            yield _together(held, block[:alone])
        cut = block.rfind(b"\n") + 1
        if cut > alone:
            view = memoryview(block)[alone:cut]
            yield _together(held, view) if held or len(view) < len(block) else block
        if cut < len(block):
            held.append(block[cut:])
    if held:
        yield b"".join(held)


def _together(held: list[bytes], last: bytes | memoryview) -> bytes:
    """Give what was held with what ends it, and hold it no longer."""
    whole = b"".join((*held, last))
    held.clear()
    return whole


def split_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the lines with their newlines, and what stands behind the last one."""
    splitter = LineSplitter()
    for block in blocks:
        yield from splitter.feed(block)
    rest = splitter.rest()
    if rest:
        yield rest


def lines_of(block: bytes) -> list[bytes]:
    """Give the lines of a block with their newlines, and what stands behind the last one."""
    if b"\r" not in block:
        return block.splitlines(keepends=True)
    whole = [line + b"\n" for line in block.split(b"\n")]
    rest = whole.pop()[:-1]
    return [*whole, rest] if rest else whole


class LineSplitter:
    """Cuts bytes that come in blocks into lines; what a line costs grows with its length alone."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, block: bytes) -> Iterator[bytes]:
        """Take the next block, and give the lines that are whole now, with their newlines."""
        if b"\n" not in block:
            self._pieces.append(block)
            return
        first, *lines = block.split(b"\n")
        whole = b"".join((*self._pieces, first, b"\n"))
        self._pieces = [lines.pop()]
        yield whole
        for line in lines:
            yield line + b"\n"

    def rest(self) -> bytes:
        """Give what stands behind the last newline."""
        return b"".join(self._pieces)
