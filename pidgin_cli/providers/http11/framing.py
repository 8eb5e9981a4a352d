"""Where the body of an answer ends, and which of its bytes are the body: pure, block by block."""

from __future__ import annotations

import re
from typing import Protocol

LONGEST_LINE = 16_384
"""Bytes of the line before a chunk, and of all lines behind the last one."""
_SIZE = rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r\n"
_PART = rb"[0-9A-Fa-f]{0,15}[ \t]*(?:;[^\r\n]*)?\r?"
"""What a line with a size may be while its end has not come."""
_FIRST_LINE, _FIRST_UNFINISHED = re.compile(_SIZE), re.compile(_PART)
_NEXT_LINE, _NEXT_UNFINISHED = re.compile(rb"\r\n" + _SIZE), re.compile(rb"\r?|\r\n" + _PART)
"""The end of the chunk before stands before the line."""
_FIELD = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\0\r]*\r?")
"""A line behind the last chunk."""


class FramingError(Exception):
    """What arrived is no body of HTTP."""


class Body(Protocol):
    """The bytes of one body among all that arrive on a connection."""

    @property
    def whole(self) -> bool:
        """Whether all of it has come."""

    @property
    def surplus(self) -> bool:
        """Whether something arrived behind it: the connection is of no use for another answer."""

    def feed(self, block: bytes) -> bytes:
        """Take in what arrived, and give what of it is the body.

        Raises:
            FramingError: it makes no sense.
        """

    def finish(self) -> None:
        """See that the body may end where the connection does.

        Raises:
            FramingError: it may not.
        """


class ChunkedBody:
    """A body in chunks, each behind a line with its size; one of size 0 is the last.

    All chunks of a block are taken at once: services write a chunk for every word.
    """

    def __init__(self) -> None:
        self.whole = False
        self._unread = b""
        self._left = 0
        self._line, self._unfinished = _FIRST_LINE, _FIRST_UNFINISHED
        self._is_behind_last = False
        self._trailing = 0

    @property
    def surplus(self) -> bool:
        """Whether something arrived behind the body."""
        return self.whole and bool(self._unread)

    def feed(self, block: bytes) -> bytes:
        """Take in what arrived, and give the bytes of the chunks in it.

        Raises:
            FramingError: the line before a chunk holds no size, or a chunk is longer than it says.
        """
        block = self._unread + block if self._unread else block
        pieces: list[bytes] = []
        at = 0
        while not self._is_behind_last:
            if self._left:
                piece = block[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
            found = None if self._left else self._line.match(block, at)
            if found is None:
                break
            at = found.end()
            self._begin_chunk(int(found[1], 16))
        self._unread = block[at:]
        if self._is_behind_last:
            self._end()
        elif len(self._unread) > LONGEST_LINE or not self._unfinished.fullmatch(self._unread):
            raise FramingError("a chunk without a size, or longer than it says")
        return b"".join(pieces)

    def finish(self) -> None:
        """See that the last chunk has come.

        Raises:
            FramingError: it has not.
        """
        if not self.whole:
            raise FramingError("the connection ended before the last chunk")

    def _begin_chunk(self, size: int) -> None:
        self._left = size
        self._is_behind_last = size == 0
        self._line, self._unfinished = _NEXT_LINE, _NEXT_UNFINISHED

    def _end(self) -> None:
        """Pass over the lines behind the last chunk, up to an empty one."""
        while not self.whole:
            line, newline, rest = self._unread.partition(b"\n")
            if len(line) + self._trailing > LONGEST_LINE:
                raise FramingError("too much behind the last chunk")
            if not newline:
                break
            self._trailing += len(line)
            self._unread = rest
            self.whole = line in (b"", b"\r")
            if not self.whole and not _FIELD.fullmatch(line):
                raise FramingError("no header behind the last chunk")


class MeasuredBody:
    """A body whose length the head says.

    Args:
        length: in bytes.
    """

    def __init__(self, length: int) -> None:
        self.surplus = False
        self._left = length

    @property
    def whole(self) -> bool:
        """Whether all of it has come."""
        return self._left == 0

    def feed(self, block: bytes) -> bytes:
        """Take in what arrived, and give what of it is the body."""
        piece = block[: self._left]
        self._left -= len(piece)
        self.surplus = self.surplus or len(piece) < len(block)
        return piece

    def finish(self) -> None:
        """See that all of it has come.

        Raises:
            FramingError: it has not.
        """
        if self._left:
            raise FramingError(f"the connection ended {self._left} bytes too early")


class EndlessBody:
    """A body that goes on until the connection ends, and is never known to be whole before."""

    whole = surplus = False

    def feed(self, block: bytes) -> bytes:
        """Give everything that arrives."""
        return block

    def finish(self) -> None:
        """Be content: this is how such a body ends."""
