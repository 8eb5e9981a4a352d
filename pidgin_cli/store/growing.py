"""One log, read as it grows: whatever is cut, rewritten or replaced, what is new comes once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pidgin_cli.errors import BadLineError, StoreError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.reader import BLOCK, BadLine, LineSplitter, Report

MARK = 1024
"""Bytes that are remembered of what was read, to see whether the file still holds them."""

_CLOSED = -1


class GrowingLog:
    """One log, read from an offset on as it grows.

    Before more is read, the end of what was read is compared with the file. Where a writer has
    taken back the beginning of a line, reading goes on behind the last whole line; where the file
    is another one, at its start. What was in a file that lost its name is given before the file
    that has the name now is read.

    Args:
        offset: where a line begins.
        report: is told of bad lines.
    """

    def __init__(self, path: Path, offset: int, report: Report) -> None:
        self.path = path
        self._report = report
        self._descriptor = _CLOSED
        self._at_rest: tuple[int, int, int] | None = None
        self._go_to(offset)

    def read(self) -> Iterator[Event]:
        """Give the whole lines that have come since the last time; none where no file is there.

        Raises:
            StoreError: the file cannot be read.
        """
        try:
            if self._descriptor == _CLOSED and not self._reopen():
                return
            yield from self._new()
            if self._replaced():
                yield from self._new()
                self._reopen()
                yield from self._new()
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}") from None

    def is_written(self) -> bool:
        """Say whether a writer holds the file that is read."""
        if self._descriptor == _CLOSED and not self._reopen():
            return False
        return LOCK.is_held(self._descriptor)

    def rest(self) -> None:
        """Let go of a file that was read to its end and that nobody writes, until it changes."""
        if self._descriptor == _CLOSED or self.is_written():
            return
        status = os.fstat(self._descriptor)
        if status.st_size == self._offset:
            self.close()
            self._at_rest = _identity(status)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor != _CLOSED:
            os.close(self._descriptor)
            self._descriptor = _CLOSED

    def _go_to(self, offset: int) -> None:
        self._start = self._offset = offset
        self._given = self._seen = b""
        self._splitter = LineSplitter()
        self._counted = (0, 0)

    def _new(self) -> Iterator[Event]:
        self._go_back()
        while block := os.pread(self._descriptor, BLOCK, self._offset):
            start = self._start
            self._remember(block)
            for line in self._splitter.feed(block):
                try:
                    if not line.isspace():
                        yield decode(line)
                except BadLineError as error:
                    number = self._line_number(start)
                    self._report(BadLine(str(self.path), number, start, error.reason))
                start += len(line)

    def _remember(self, block: bytes) -> None:
        end = block.rfind(b"\n") + 1
        if end:
            self._start = self._offset + end
            self._given = (self._seen + block[max(0, end - MARK) : end])[-MARK:]
        self._offset += len(block)
        self._seen = (self._seen + block[-MARK:])[-MARK:]

    def _go_back(self) -> None:
        """Go back to what still stands in the file: all, or the whole lines, or nothing."""
        if not self._stands(self._given, self._start):
            self._go_to(0)
        elif self._start < self._offset and not self._stands(self._seen, self._offset):
            self._offset, self._seen = self._start, self._given
            self._splitter = LineSplitter()

    def _stands(self, mark: bytes, end: int) -> bool:
        return os.pread(self._descriptor, len(mark), end - len(mark)) == mark

    def _line_number(self, offset: int) -> int:
        """Count the lines before an offset, which is not done before one of them is bad."""
        position, lines = self._counted
        while position < offset:
            block = os.pread(self._descriptor, min(BLOCK, offset - position), position)
            if not block:
                break
            lines += block.count(b"\n")
            position += len(block)
        self._counted = position, lines
        return lines + 1

    def _replaced(self) -> bool:
        try:
            return not os.path.samestat(os.fstat(self._descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _reopen(self) -> bool:
        """Open the file that has the name now; False where none has, or none that changed."""
        try:
            if self._at_rest is not None and self._at_rest == _identity(os.stat(self.path)):
                return False
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        self.close()
        self._descriptor, self._at_rest = descriptor, None
        if not self._seen:
            length = min(MARK, self._offset)
            self._given = self._seen = os.pread(descriptor, length, self._offset - length)
        return True


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
