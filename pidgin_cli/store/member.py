"""One member of an archive: plain gzip that says in its header how long it is and what it holds.

The header's extra field is what gzip has for such notes, and every reader of gzip passes over it.
It lets a reader go from member to member without unpacking them, and keeps damage apart from what
is sound: it holds the CRC-32 of the content up to every further 32 kB.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from functools import cache
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from pidgin_cli.store.inflation import sound_content

MARK_EVERY = 1 << 15
"""Bytes of content between two marks."""

LARGEST = 1 << 26
"""Bytes of content past which no member of ours goes."""

_START = struct.Struct("<4sLBBH2sH")
_NOTES = struct.Struct("<IIIIII")
_END = struct.Struct("<II")
_MAGIC = b"\x1f\x8b\x08\x04"
_ANY_TURN = (0, 2**32 - 1)
_NO_TURN = (1, 0)
_TURN_KEY = b'"turn_number":'
_TURN = re.compile(rb"(?:null|([0-9]{1,7}))[,}]")
_START_OF_TURN = itemgetter(slice(8))
_LAST = 1
_LEVELS = (0, 1, 2, 3, 4, 5, 6, 8, 9, 11)
"""Of libdeflate, by ours. Its level 6 is as fast as others are at ratios of gzip -5."""

_SUBFIELD = b"pg"
"""How our notes are marked among those that gzip has room for."""

SIGNATURE = re.compile(re.escape(_MAGIC) + rb"\0{4}.\xff..pg", re.DOTALL)
"""How a member of ours begins."""

_REMAINS = re.compile(re.escape(_MAGIC) + rb"\0{4}|.{2,22}pg", re.DOTALL)
"""What little damage leaves of it."""

LONGEST_HEADER = _START.size + 0xFFFF
"""Bytes that are enough to read any header."""


class Header(NamedTuple):
    """What a member says of itself.

    Args:
        start: bytes of the header.
        packed: bytes of the whole member.
        size: bytes of its content.
        turns: the first and the last turn that its lines name; the last is below the first where
            they name none.
        last: whether the archive ends here.
        marks: CRC-32 of the content up to each further `MARK_EVERY` bytes.
    """

    start: int
    packed: int
    size: int
    turns: tuple[int, int]
    last: bool
    marks: tuple[int, ...]


class DamagedError(Exception):
    """A member is damaged.

    Args:
        reason: how that shows.
        sound: its content as far as it is certain.
    """

    def __init__(self, reason: str, sound: bytes = b"") -> None:
        super().__init__(reason)
        self.sound = sound


class Piece(NamedTuple):
    """A piece of a log that becomes a member.

    Args:
        content: at most `LARGEST` bytes.
        last: whether the archive ends here.
        alone: whether it is all of the archive.
    """

    content: bytes
    last: bool = False
    alone: bool = False

    @property
    def turns(self) -> tuple[int, int]:
        """The first and the last turn that it may hold."""
        # To look for them takes longer than to unpack one member in vain.
        return _ANY_TURN if self.alone else _turns(self.content)


def packed_member(piece: Piece, level: int) -> bytes:
    """Give a piece as a member.

    Args:
        level: 1, fastest, to 9, smallest.
    """
    content = piece.content
    body = _deflate(content, level)
    checksum, marks = _checksums(content)
    notes = struct.pack(f"<{len(marks)}I", *marks)
    start = _START.size + _NOTES.size + len(notes)
    length = start + len(body) + _END.size
    flags = _LAST if piece.last else 0
    known = _NOTES.pack(0, length, len(content), *piece.turns, flags)[4:] + notes
    field = struct.pack("<I", zlib.crc32(known)) + known
    header = _START.pack(_MAGIC, 0, 0, 255, len(field) + 4, _SUBFIELD, len(field))
    return header + field + body + _END.pack(checksum, len(content))


def bytes_of_header(data: bytes) -> int:
    """Give how many bytes, counted from its first, are enough to read the header of a member."""
    shortest = _START.size + _NOTES.size
    if len(data) < _START.size or not SIGNATURE.match(data):
        return shortest
    *_, length = _START.unpack_from(data)
    return max(shortest, _START.size + int(length))


def read_header(data: bytes) -> Header | None:
    """Give what a member says of itself, from its first bytes; None where it is not one of ours."""
    if len(data) < _START.size + _NOTES.size or not SIGNATURE.match(data):
        return None
    *_, extra, _, length = _START.unpack_from(data)
    field = data[_START.size : _START.size + length]
    if extra != length + 4 or len(field) != length or length % 4:
        return None
    checksum, packed, size, first, final, flags = _NOTES.unpack_from(field)
    # What was packed is larger than its content by little; more is read by nobody.
    if zlib.crc32(field[4:]) != checksum or size > LARGEST or packed > LARGEST + LONGEST_HEADER:
        return None
    marks = struct.unpack(f"<{(length - _NOTES.size) // 4}I", field[_NOTES.size :])
    start = _START.size + length
    return Header(start, packed, size, (first, final), bool(flags & _LAST), marks)


def may_be_ours(data: bytes) -> bool:
    """Say whether what has no header that holds may be a member of ours that lost it."""
    return _REMAINS.match(data) is not None


def unpacked_member(header: Header, member: bytes) -> bytes:
    """Give the content of a member.

    Raises:
        DamagedError: it is not as it was written, or not whole; has what of it is certain.
    """
    body = member[header.start : header.packed - _END.size]
    end = member[header.packed - _END.size : header.packed]
    if len(member) < header.packed:
        raise DamagedError("it is cut off", _before_the_cut(header, body, end))
    content = sound_content(body, header.size)
    if content is not None and _end_of(content) == end:
        return content
    try:
        content = _inflate(body, header.size)
    except _errors() as error:
        sound = _up_to_a_mark(header, _as_far_as_it_goes(body, header.size)[0])
        raise DamagedError(str(error), sound) from None
    if _end_of(content) != end:
        raise DamagedError("its checksum does not hold", _up_to_a_mark(header, content))
    return content


def _end_of(content: bytes) -> bytes:
    return _END.pack(_crc32()(content), len(content))


def _before_the_cut(header: Header, body: bytes, end: bytes) -> bytes:
    """Give the content of a member that is cut off: all of it, unless it is damaged besides."""
    content, state = _as_far_as_it_goes(body, header.size)
    whole = len(content) == header.size and _end_of(content).startswith(end)
    sound = _up_to_a_mark(header, content)
    only_cut = state == "goes on" or (state == "ended" and whole)
    if only_cut and len(content) - len(sound) < MARK_EVERY:
        return content
    return sound


def _turns(content: bytes) -> tuple[int, int]:
    _, *values = content.split(_TURN_KEY)
    found = [_TURN.match(start) for start in set(map(_START_OF_TURN, values))]
    if len(values) < content.count(b"\n") or None in found:
        # Some line has no turn, or writes it in another way.
        return _ANY_TURN
    turns = [int(match[1]) for match in found if match and match[1]]
    return (min(turns), max(turns)) if turns else _NO_TURN


def _checksums(content: bytes) -> tuple[int, list[int]]:
    """Give the CRC-32 of all, and of the content up to each mark."""
    crc32, marks, checksum = _crc32(), [], 0
    view = memoryview(content)
    for end in range(MARK_EVERY, len(content) + 1, MARK_EVERY):
        checksum = crc32(view[end - MARK_EVERY : end], checksum)
        marks.append(checksum)
    return crc32(view[len(marks) * MARK_EVERY :], checksum), marks


def _up_to_a_mark(header: Header, content: bytes) -> bytes:
    """Give content up to the last mark that holds."""
    _, marks = _checksums(content)
    holding = 0
    for mark, recorded in zip(marks, header.marks, strict=False):
        if mark != recorded:
            break
        holding += 1
    return content[: holding * MARK_EVERY]


def _as_far_as_it_goes(
    body: bytes, size: int
) -> tuple[bytes, Literal["ended", "goes on", "broken"]]:
    """Give what a body unpacks to, up to a size, and how that comes to its end."""
    inflating, content = zlib.decompressobj(-zlib.MAX_WBITS), bytearray()
    try:
        for place in range(len(body)):
            # A call that fails gives nothing of what it has unpacked.
            content += inflating.decompress(body[place : place + 1])
            if len(content) > size:
                return bytes(content), "broken"
    except zlib.error:
        return bytes(content), "broken"
    return bytes(content), "ended" if inflating.eof else "goes on"


@cache
def _library() -> Any:
    """Give libdeflate, which is several times as fast as zlib; None where it is not installed."""
    try:
        import deflate
    except ImportError:
        return None
    return deflate


def _crc32() -> Callable[..., int]:
    library = _library()
    return zlib.crc32 if library is None else library.crc32


def _errors() -> tuple[type[Exception], ...]:
    library = _library()
    return (zlib.error,) if library is None else (zlib.error, library.DeflateError)


def _deflate(content: bytes, level: int) -> bytes:
    library = _library()
    if library is None:
        packing = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        return packing.compress(content) + packing.flush()
    return bytes(library.deflate_compress(content, _LEVELS[level]))


def _inflate(body: bytes, size: int) -> bytes:
    library = _library()
    if library is None:
        return zlib.decompress(body, -zlib.MAX_WBITS, max(size, 1))
    return bytes(library.deflate_decompress(body, size))
