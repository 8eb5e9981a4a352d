"""From bytes to events: lines split on newlines alone, bad ones reported and left out."""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.errors import BadLineError, StoreError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.events.lines import lines_of, whole_lines
from pidgin_cli.store.extraction import GZIP, UNPACKING, Unpacking, unpacked
from pidgin_cli.store.folder import standing
from pidgin_cli.store.incoming import incoming_blocks
from pidgin_cli.store.inflation import BLOCK

_NEAR_THE_END = 1 << 15
"""Bytes from the end of a log in which a few lines are looked for first."""


class BadLine(NamedTuple):
    """A line that is not an event: where it stands and why. Lines count from 1, bytes from 0."""

    source: str
    line: int
    offset: int
    reason: str

    def __str__(self) -> str:
        """Say it in one line for a person."""
        return f"{self.source}: line {self.line}, byte {self.offset}: {self.reason}"


Report = Callable[[BadLine], None]
"""Is told of every bad line."""


def nothing() -> None:
    """Do nothing while a reader waits."""


def ignore(bad: BadLine) -> None:
    """Leave a bad line to those who read the whole log for its own sake."""


def read_events(
    blocks: Iterable[bytes], source: str, report: Report, *, growing: bool = False
) -> Iterator[Event]:
    """Give the events of a stream of bytes in its order, holding one block, or one long line.

    Args:
        blocks: the bytes, cut anywhere.
        source: what to call the stream when a line is bad.
        report: is told of each bad line, which is then left out.
        growing: whether somebody still writes, so that an unterminated end is not bad.
    """
    offset = number = 0
    for block in whole_lines(blocks):
        for line in lines_of(block):
            number += 1
            try:
                yield decode(line)
            except BadLineError as error:
                reason = what_is_bad(line, error.reason, growing=growing)
                if reason is not None:
                    report(BadLine(source, number, offset, reason))
            offset += len(line)


def what_is_bad(line: bytes, reason: str, *, growing: bool) -> str | None:
    """Say what is wrong with a line that is no event; None where nothing is."""
    if line.isspace():
        return None
    return what_is_wrong(reason, whole=line.endswith(b"\n"), growing=growing)


def what_is_wrong(reason: str, *, whole: bool, growing: bool) -> str | None:
    """Say the same of a line that is not empty, by whether it has its newline."""
    if whole:
        return reason
    return None if growing else "the last line is torn"


def descriptor_blocks(descriptor: int, idle: Callable[[], None] = nothing) -> Iterator[bytes]:
    """Give the bytes of an open file, a pipe or a terminal, as soon as they are there.

    Args:
        idle: is called whenever the next read would block, so that a sink can be flushed.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while True:
        if idle is not nothing and not poll.poll(0):
            idle()
        try:
            block = os.read(descriptor, BLOCK)
        except BlockingIOError:
            # Another process made the descriptor that it shares with this one non-blocking.
            poll.poll()
            continue
        if not block:
            return
        yield block


def file_blocks(
    path: Path, unpacking: Unpacking = UNPACKING, idle: Callable[[], None] = nothing
) -> Iterator[bytes]:
    """Give the bytes of a log, unpacked where it is an archive, or was packed since it was found.

    Args:
        idle: is called whenever more of a pipe that has a name would have to be waited for.

    Raises:
        StoreError: it cannot be read, or the archive is damaged; what was whole came before.
    """
    try:
        # Not every file can be opened or read twice: it may be a pipe that has a name.
        with _opened(path) as file:
            if stat.S_ISFIFO(os.fstat(file.fileno()).st_mode):
                come = descriptor_blocks(file.fileno(), idle)
                yield from incoming_blocks(come, str(path), unpacking)
                return
            start = file.peek(2)[:2]
            if start == GZIP or (not start and file.name.endswith(".gz")):
                yield from unpacked(file, str(path), unpacking)
                return
            while block := file.read1(BLOCK):
                yield block
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from None


def _opened(path: Path) -> BufferedReader:
    """Open a log, or what stands in its place since its path was found."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return standing(path).open("rb")


def last_lines(path: Path, count: int) -> tuple[list[bytes], int]:
    """Give up to `count` whole lines from the end of an uncompressed log, in the log's order.

    Returns:
        The lines, and the offset behind the last of them: where following goes on.
    """
    with path.open("rb", buffering=0) as file:
        position = file.seek(0, os.SEEK_END)
        blocks: list[bytes] = []
        newlines, step = 0, _NEAR_THE_END
        while position > 0 and newlines <= count:
            length = min(step, position)
            position -= length
            step = min(2 * step, BLOCK)
            block = os.pread(file.fileno(), length, position)
            blocks.append(block)
            newlines += block.count(b"\n")
    data = b"".join(reversed(blocks))
    whole = data.rfind(b"\n") + 1
    lines = data[:whole].split(b"\n")[:-1]
    if position > 0:
        lines = lines[1:]
    kept = lines[-count:] if count else []
    return [line + b"\n" for line in kept], position + whole
