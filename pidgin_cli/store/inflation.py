"""Plain gzip, unpacked as fast as can be where it is sound; damage is the business of others."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator
from functools import cache
from typing import Any

BLOCK = 1 << 18
"""Bytes that are read, and unpacked, at once."""

_FLAGS = 3
"""Where the flags of a member stand."""
_KNOWN_FLAGS = 0x1F

Read = Callable[[], bytes]
"""Gives the next bytes of a file, none at its end."""


def sound_blocks(read: Read) -> Iterator[bytes]:
    """Give what a gzip of any number of members unpacks to, block by block.

    Raises:
        ValueError: it is damaged, or cut off.
    """
    data = read()
    while data:
        data = (yield from _member(data, read)) or read()


def sound_content(body: bytes, size: int) -> bytes | None:
    """Give the content of that size that a stream of deflate holds; None where it does not."""
    library = _library()
    inflating = library.decompressobj(-zlib.MAX_WBITS)
    try:
        # With room for one byte more, ISA-L knows the end without asking for twice the room.
        content: bytes = inflating.decompress(body, size + 1)
    except library.error:
        return None
    return content if inflating.eof and len(content) == size else None


def sound_member(read: Read, most: int) -> tuple[list[bytes], bytes] | None:
    """Give what one member unpacks to, and what was read behind it; None where it is damaged.

    Args:
        most: bytes of content past which it is given up, and None as well.
    """
    data, pieces, left = read(), [], most
    if len(data) <= _FLAGS or data[_FLAGS] & ~_KNOWN_FLAGS:
        # What these would mean is not known, and ISA-L does not mind.
        return None
    member = _member(data, read)
    try:
        while left >= 0:
            pieces.append(next(member))
            left -= len(pieces[-1])
    except StopIteration as end:
        return pieces, end.value
    except ValueError:
        pass
    return None


def _member(data: bytes, read: Read) -> Generator[bytes, None, bytes]:
    library = _library()
    inflating = library.decompressobj(zlib.MAX_WBITS | 16)
    while True:
        try:
            block = inflating.decompress(data, BLOCK)
        except library.error as error:
            raise ValueError(str(error)) from None
        yield block
        if inflating.eof:
            return bytes(inflating.unused_data)
        data = inflating.unconsumed_tail or read()
        if not data and not block:
            raise ValueError("it is cut off")


@cache
def _library() -> Any:
    """Give ISA-L, which is several times as fast as zlib; zlib where it is not installed."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib
    return isal_zlib
