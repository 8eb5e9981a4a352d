"""Reading logs: by what they are known again, and what of them was not read yet."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pidgin_cli.errors import StoreError
from pidgin_cli.index.sources import MARK, LogFile, Source, marked

BLOCK = 1 << 17
"""Bytes that are read at once."""

HEAD = 1 << 12
"""Bytes that are read at once to see how a log begins."""

Unpack = Callable[[Path], Iterator[bytes]]
"""Gives the bytes of a log or an archive, unpacked, in blocks, wherever it stands now."""


@dataclass(frozen=True, slots=True)
class News:
    """What a file has that was not read.

    Args:
        end: the last bytes that were read.
        blocks: those behind them.
    """

    end: bytes
    blocks: Iterator[bytes]


def identity_of(file: LogFile, unpack: Unpack) -> str | None:
    """Give the hash of the first line, or of as much of it as is read at once; None without any.

    Raises:
        StoreError: it cannot be read.
    """
    head = b""
    for block in all_blocks(file, unpack, HEAD):
        head += block
        if b"\n" in block or len(head) >= BLOCK:
            break
    return identity(head)


def identity(head: bytes) -> str | None:
    """Give the identity of a log from its first block."""
    end = head.find(b"\n") + 1
    if not end and len(head) < BLOCK:
        return None
    return marked(head[: min(end or BLOCK, BLOCK)])


def news_of(source: Source, file: LogFile, unpack: Unpack) -> News | None:
    """Give what is new in a file, or None where what was read of it does not stand there."""
    try:
        return _news_where_it_stood(source, file, unpack)
    except FileNotFoundError:
        if not (file.stored and file.twin.path.exists()):
            raise
        # It was packed or unpacked meanwhile, and `unpack` finds it where it stands now.
        return _after(source, unpack(file.path))


def _news_where_it_stood(source: Source, file: LogFile, unpack: Unpack) -> News | None:
    if file.packed:
        if _is_packed_in(source, file.path):
            return News(b"", iter(()))
        return _after(source, unpack(file.path))
    status = file.path.stat()
    length = min(MARK, source.indexed)
    end = _bytes(file.path, source.indexed - length, length)
    if marked(end) != source.mark:
        return None
    if status.st_ino == source.inode and status.st_size > source.size:
        # It grew, which is all that happens to a log while it is written.
        return News(end, plain_blocks(file.path, source.indexed))
    return _after(source, plain_blocks(file.path, 0))


def all_blocks(file: LogFile, unpack: Unpack, at_once: int = BLOCK) -> Iterator[bytes]:
    """Give the bytes of a file, unpacked, or of what stands in its place since it was found.

    Args:
        at_once: bytes that are read of a log at once.

    Raises:
        StoreError: it cannot be read, or is damaged.
    """
    if file.packed or not file.path.exists():
        return unpack(file.path)
    return plain_blocks(file.path, 0, at_once)


def plain_blocks(path: Path, offset: int, at_once: int = BLOCK) -> Iterator[bytes]:
    """Give the bytes of a file from an offset on, so many at once.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        with path.open("rb", buffering=0) as stream:
            stream.seek(offset)
            while block := stream.read(at_once):
                yield block
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror}") from None


def _is_packed_in(source: Source, path: Path) -> bool:
    """Say whether the end of an archive promises exactly the bytes that were read."""
    size = path.stat().st_size
    promise = _bytes(path, max(0, size - 8), 8)
    return promise == struct.pack("<II", source.checksum, source.indexed & 0xFFFFFFFF)


def _after(source: Source, blocks: Iterable[bytes]) -> News | None:
    """Pass over the bytes that were read, if they are the same, and give the others."""
    left, checksum, end = source.indexed, 0, b""
    remaining = iter(blocks)
    while left > 0:
        try:
            block = next(remaining)
        except (StopIteration, StoreError):
            return None
        checksum = zlib.crc32(block[:left], checksum)
        end = (end + block[:left][-MARK:])[-MARK:]
        if len(block) > left:
            remaining = _with(block[left:], remaining)
        left -= min(left, len(block))
    return News(end, remaining) if checksum == source.checksum else None


def _with(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _bytes(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb", buffering=0) as stream:
        return os.pread(stream.fileno(), length, offset)
