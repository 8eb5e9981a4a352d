"""One log, read as it grows: whatever is cut, rewritten or replaced, what is new comes once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pidgin_cli.errors import BadLineError, StoreError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.events.lines import LineSplitter
from pidgin_cli.store.cursor import MARK, Identity, Place, identity_of, mark_of
from pidgin_cli.store.folder import archive_of
from pidgin_cli.store.inflation import BLOCK
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.reader import BadLine, Report, file_blocks

_CLOSED = -1


class GrowingLog:
    """One log, read from a place on as it grows.

    Before more is read, the end of what was read is compared with the file. Where a writer has
    taken back the beginning of a line, reading goes on behind the last whole line; where the file
    is another one, at its start. What was in a file that lost its name is given before the file
    that has the name now is read. Where an archive has taken the place of the log, it is asked for
    what was not read.

    Args:
        place: where reading begins.
        report: is told of bad lines.
    """

    def __init__(self, path: Path, place: Place, report: Report) -> None:
        self.path = path
        self._report = report
        self._descriptor = _CLOSED
        self._at_rest: Identity | None = None
        self._archive = place.archive
        self._after = place.after
        self._go_to(place.offset)
        self._expected = place

    def read(self) -> Iterator[Event]:
        """Give the whole lines that have come since the last time; none where no file is there.

        Raises:
            StoreError: the file cannot be read.
        """
        try:
            if self._descriptor == _CLOSED and not self._reopen():
                yield from self._archived()
                return
            yield from self._new()
            if self._replaced():
                yield from self._new()
                self._reopen()
                yield from self._new()
        except OSError as error:
            raise StoreError(f"cannot read {self.path}: {error.strerror}") from None

    def place(self) -> Place:
        """Give how far events were given: exact at any time between two of them."""
        before, mark = self._before(), ""
        if self._taken:
            mark = mark_of(before) if before else self._expected.mark
        return Place(self._taken, mark, self._archive, self._after)

    def _before(self) -> bytes:
        """Give what stands before the next event, as far as it is remembered or can be read."""
        if self._taken == self._start or self._descriptor == _CLOSED:
            return self._given
        length = min(MARK, self._taken)
        return os.pread(self._descriptor, length, self._taken - length)

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
            self._at_rest = identity_of(status)

    @property
    def is_closed(self) -> bool:
        """Whether no file is held open."""
        return self._descriptor == _CLOSED

    def close(self) -> None:
        """Let go of the file, also in the middle of what was read of it."""
        if self._descriptor == _CLOSED:
            return
        if self._taken < self._start:
            before = self._before()
            self._go_to(self._taken)
            self._given = self._seen = before
        os.close(self._descriptor)
        self._descriptor = _CLOSED

    def _go_to(self, offset: int) -> None:
        self._start = self._offset = self._taken = offset
        self._given = self._seen = b""
        self._expected = Place(offset)
        self._splitter = LineSplitter()
        self._counted = (0, 0)

    def _new(self) -> Iterator[Event]:
        self._go_back()
        while block := os.pread(self._descriptor, BLOCK, self._offset):
            start = self._start
            self._remember(block)
            for line in self._splitter.feed(block):
                self._taken = start + len(line)
                try:
                    yield from self._wanted(line)
                except BadLineError as error:
                    number = self._line_number(start)
                    self._report(BadLine(str(self.path), number, start, error.reason))
                start += len(line)

    def _wanted(self, line: bytes) -> Iterator[Event]:
        if not line.isspace():
            event = decode(line)
            if event.timestamp >= self._after:
                yield event

    def _archived(self) -> Iterator[Event]:
        """Give what an archive of the log holds behind what was given."""
        path = archive_of(self.path)
        try:
            identity = identity_of(os.stat(path))
        except FileNotFoundError:
            return
        if identity == self._archive:
            return
        try:
            yield from self._unpacked(path)
        except StoreError as error:
            self._report(BadLine(str(path), self._counted[1] + 1, self._taken, str(error)))
        self._archive = identity

    def _unpacked(self, path: Path) -> Iterator[Event]:
        splitter = LineSplitter()
        for block in self._behind(path):
            for line in splitter.feed(block):
                start, self._taken = self._taken, self._taken + len(line)
                self._start = self._offset = self._taken
                self._given = self._seen = (self._given + line[-MARK:])[-MARK:]
                self._counted = self._taken, self._counted[1] + 1
                try:
                    yield from self._wanted(line)
                except BadLineError as error:
                    self._report(BadLine(str(path), self._counted[1], start, error.reason))

    def _behind(self, path: Path) -> Iterator[bytes]:
        """Give the bytes of an archive behind what was given: all, where it is of another log."""
        blocks, left, before, lines = file_blocks(path), self._start, b"", 0
        rest = b""
        while left and (block := next(blocks, b"")):
            skipped, rest = block[:left], block[left:]
            left -= len(skipped)
            before = (before + skipped[-MARK:])[-MARK:]
            lines += skipped.count(b"\n")
        if left or not self._is_before(before):
            self._go_to(0)
            yield from file_blocks(path)
            return
        self._counted = self._start, lines
        self._given = self._seen = before
        yield rest
        yield from blocks

    def _is_before(self, before: bytes) -> bool:
        """Say whether these bytes stand before what comes next, as far as that is known."""
        return before.endswith(self._given) if self._given else self._expected.holds(before)

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
            if self._at_rest is not None and self._at_rest == identity_of(os.stat(self.path)):
                return False
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        self.close()
        self._descriptor, self._at_rest = descriptor, None
        if not self._seen:
            length = min(MARK, self._offset)
            before = os.pread(descriptor, length, self._offset - length)
            if self._expected.holds(before):
                self._given = self._seen = before
            else:
                self._go_to(0)
        return True
