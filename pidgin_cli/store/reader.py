"""From bytes to events: lines split on newlines alone, bad ones reported and left out."""

from __future__ import annotations

import gzip
import os
import select
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pidgin_cli.errors import BadLineError, StoreError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event

BLOCK = 1 << 18
"""Bytes that are read at once."""


@dataclass(frozen=True, slots=True)
class BadLine:
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


def read_events(
    blocks: Iterable[bytes], source: str, report: Report, *, growing: bool = False
) -> Iterator[Event]:
    """Give the events of a stream of bytes in its order, holding one line in memory.

    Args:
        blocks: the bytes, cut anywhere.
        source: what to call the stream when a line is bad.
        report: is told of each bad line, which is then left out.
        growing: whether somebody still writes, so that an unterminated end is not bad.
    """
    offset = 0
    for number, line in enumerate(split_lines(blocks), 1):
        terminated = line.endswith(b"\n")
        try:
            if not line.isspace():
                event = decode(line)
                yield event if terminated else _terminated(event, line)
        except BadLineError as error:
            if terminated:
                report(BadLine(source, number, offset, error.reason))
            elif not growing:
                report(BadLine(source, number, offset, "the last line is torn"))
        offset += len(line)


def split_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    r"""Give the lines with their newlines, and what stands behind the last one.

    Only `\n` ends a line: U+2028, U+0085 and form feeds stand inside valid strings of JSON.
    """
    pieces: list[bytes] = []
    for block in blocks:
        if b"\n" not in block:
            pieces.append(block)
            continue
        first, *lines = block.split(b"\n")
        pieces.append(first)
        yield b"".join(pieces) + b"\n"
        pieces = [lines.pop()]
        for line in lines:
            yield line + b"\n"
    rest = b"".join(pieces)
    if rest:
        yield rest


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
        block = os.read(descriptor, BLOCK)
        if not block:
            return
        yield block


def file_blocks(path: Path) -> Iterator[bytes]:
    """Give the bytes of a log, unpacked where it is an archive.

    Raises:
        StoreError: it cannot be read, or the archive is damaged; what was whole came before.
    """
    try:
        with path.open("rb", buffering=0) as file:
            if file.read(2) != b"\x1f\x8b":
                file.seek(0)
                yield from descriptor_blocks(file.fileno())
                return
        with gzip.open(path, "rb") as archive:
            while block := archive.read1(BLOCK):
                yield block
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise StoreError(f"{path}: the archive is damaged: {error}") from None
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from None


def last_lines(path: Path, count: int) -> tuple[list[bytes], int]:
    """Give up to `count` whole lines from the end of an uncompressed log, in the log's order.

    Returns:
        The lines, and the offset behind the last of them: where following goes on.
    """
    with path.open("rb", buffering=0) as file:
        position = file.seek(0, os.SEEK_END)
        blocks: list[bytes] = []
        newlines = 0
        while position > 0 and newlines <= count:
            step = min(BLOCK, position)
            position -= step
            block = os.pread(file.fileno(), step, position)
            blocks.append(block)
            newlines += block.count(b"\n")
    data = b"".join(reversed(blocks))
    whole = data.rfind(b"\n") + 1
    lines = data[:whole].split(b"\n")[:-1]
    if position > 0:
        lines = lines[1:]
    kept = lines[-count:] if count else []
    return [line + b"\n" for line in kept], position + whole


def last_events(path: Path, count: int) -> list[Event]:
    """Give up to `count` events from the end of an uncompressed log; bad lines are passed over."""
    events = []
    for line in last_lines(path, count)[0]:
        with suppress(BadLineError):
            events.append(decode(line))
    return events


def _terminated(event: Event, line: bytes) -> Event:
    """Give a whole event that lacks only its newline with a line that has one."""
    return decode(line + b"\n") if event.line == line else event
