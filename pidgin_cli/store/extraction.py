"""How a log comes out of an archive, of ours or of any other gzip, whatever is damaged."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from pidgin_cli.errors import StoreError
from pidgin_cli.store.inflation import BLOCK, sound_member
from pidgin_cli.store.member import (
    LARGEST,
    LONGEST_HEADER,
    SIGNATURE,
    DamagedError,
    Header,
    bytes_of_header,
    may_be_ours,
    read_header,
    unpacked_member,
)

GZIP = b"\x1f\x8b"
"""What every gzip file begins with."""

MAX_RATIO = 250.0
"""Unpacked bytes for one of a foreign archive, past which it is a bomb. Logs reach a tenth."""

_UNSUSPICIOUS = 1 << 26
"""Bytes that may come out of however few."""
_AT_ONCE = 1 << 24
"""Bytes of a foreign member that are held, so that it can be unpacked at once."""


class DamagedArchiveError(StoreError):
    """Not all of an archive could be unpacked; what was certain came before."""


class BombError(StoreError):
    """An archive holds so much more than its size that somebody means harm."""


class Unpacking(NamedTuple):
    """How an archive is read.

    Args:
        max_ratio: unpacked bytes for one of the archive, past which it is refused. None for
            `MAX_RATIO`, which does not count for members of ours: they say beforehand what they
            hold, that is little each, and a log may be as dull as it likes.
        wanted: says of a member of ours, by its offset and header, whether its content is.
    """

    max_ratio: float | None = None
    wanted: Callable[[int, Header], bool] | None = None


UNPACKING = Unpacking()


class Packed(Protocol):
    """What an archive is read from."""

    def read1(self, size: int, /) -> bytes:
        """Give the next bytes as soon as there are any, about so many at most; none at the end."""

    def seekable(self) -> bool:
        """Say whether it can be read again."""

    def seek(self, offset: int, /) -> int:
        """Go there."""


def unpacked(file: Packed, name: str, unpacking: Unpacking = UNPACKING) -> Iterator[bytes]:
    """Give the log of an archive, of ours or of any other gzip; holds one member of ours.

    Where it is damaged, every whole line that is certain comes, also those behind the damage where
    a member begins there; then the error. Of a foreign gzip nothing says where damage begins: its
    lines come up to where it shows.

    Raises:
        DamagedArchiveError: it is damaged; says where.
        BombError: it holds more than `max_ratio` allows.
    """
    return _Unpacker(file, name, unpacking).blocks()


class _Unpacker:
    """Goes through an archive once, from its start to its end."""

    def __init__(self, file: Packed, name: str, unpacking: Unpacking) -> None:
        self._file = file
        self._name = name
        self._unpacking = unpacking
        self._buffer = b""
        self._offset = 0
        self._given = 0
        self._damages: list[str] = []
        self._unfinished = False
        self._ours = False

    def blocks(self) -> Iterator[bytes]:
        held: list[bytes] = []
        while self._fill(1):
            start, count = self._offset, len(self._damages)
            for block in self._member(start):
                # The rest of a line is held, or damage could join it to another one.
                cut = block.rfind(b"\n") + 1
                if cut:
                    yield b"".join((*held, block[:cut])) if held or cut < len(block) else block
                    held.clear()
                if cut < len(block):
                    held.append(block[cut:])
            if len(self._damages) > count:
                held.clear()
                self._go_on_after(start)
        if not self._offset:
            # Even an empty log makes an archive of some bytes.
            self._damages.append("it is empty")
        elif self._unfinished:
            self._damages.append(f"it ends at byte {self._offset} before its last member")
        elif held:
            yield b"".join(held)
        if self._damages:
            where = "; ".join(self._damages)
            raise DamagedArchiveError(f"{self._name}: the archive is damaged: {where}")

    def _member(self, start: int) -> Iterator[bytes]:
        # What comes by a pipe waits for no more than is needed: first the length, then the rest.
        self._fill(bytes_of_header(b""))
        self._fill(bytes_of_header(self._buffer))
        header = read_header(self._buffer)
        if header is None:
            foreign = self._accounted(self._foreign_member(start))
            ours = self._ours or may_be_ours(self._buffer)
            yield from self._proven(foreign) if ours else foreign
            return
        self._ours = True
        self._unfinished = not header.last
        if self._unpacking.wanted is not None and not self._unpacking.wanted(start, header):
            self._fill(header.packed)
            self._take(header.packed)
            return
        if self._unpacking.max_ratio is not None:
            self._account(header.size)
        self._fill(header.packed)
        try:
            yield unpacked_member(header, self._buffer[: header.packed])
            self._take(header.packed)
        except DamagedError as damage:
            self._unfinished = False
            yield damage.sound
            self._damages.append(f"the member at byte {start}: {damage}")

    def _proven(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Give what may be a member of ours with a damaged header, if its checksum holds."""
        held, size, count = [], 0, len(self._damages)
        for block in blocks:
            held.append(block)
            size += len(block)
            if size > LARGEST:
                # It is none of ours.
                yield from held
                held.clear()
        if len(self._damages) == count:
            yield from held

    def _foreign_member(self, start: int) -> Iterator[bytes]:
        pieces = self._at_once()
        if pieces is None:
            yield from self._piece_by_piece(start)
        else:
            yield from pieces
            self._end_of_foreign_member()

    def _at_once(self) -> list[bytes] | None:
        """Unpack a foreign member as fast as can be; None, and nothing done, if that goes wrong."""
        if not self._file.seekable():
            # What comes by a pipe is given as it comes.
            return None
        taken: list[bytes] = []

        def read() -> bytes:
            taken.append(self._read())
            return taken[-1]

        member = sound_member(read, _AT_ONCE)
        pieces, rest = member or (None, b"".join(taken))
        self._give_back(rest)
        return pieces

    def _piece_by_piece(self, start: int) -> Iterator[bytes]:
        inflating = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not inflating.eof:
            data = inflating.unconsumed_tail or self._read()
            before = inflating.copy()
            try:
                block = inflating.decompress(data, BLOCK)
            except zlib.error as error:
                yield from _bytewise(before, data)
                self._damages.append(f"the member at byte {start}: {_reason(error)}")
                return
            if not block and not data:
                self._damages.append(f"the member at byte {start}: it is cut off")
                return
            yield block
        self._give_back(inflating.unused_data)
        self._end_of_foreign_member()

    def _end_of_foreign_member(self) -> None:
        self._unfinished = False
        # Padding.
        while self._fill(1) and self._buffer[0] == 0:
            self._take(len(self._buffer) - len(self._buffer.lstrip(b"\0")))

    def _go_on_after(self, start: int) -> None:
        """Go to the next member that begins behind an offset, or to the end."""
        # What was read of a foreign member is gone, unless the file can be read again.
        if self._offset > start and self._file.seekable():
            self._file.seek(start)
            self._buffer, self._offset = b"", start
        if self._offset == start and self._fill(1):
            self._take(1)
        while self._fill(2 * LONGEST_HEADER):
            found = self._next_member()
            if found is not None:
                self._take(found)
                self._damages[-1] += f", it goes on at byte {self._offset}"
                return
            more = len(self._buffer) >= 2 * LONGEST_HEADER
            # A header may begin in what is here and end in what is not.
            self._take(len(self._buffer) - LONGEST_HEADER * more)

    def _next_member(self) -> int | None:
        for match in SIGNATURE.finditer(self._buffer):
            if read_header(self._buffer[match.start() :]):
                return match.start()
        place = self._buffer.find(GZIP)
        while place >= 0:
            if _is_gzip(self._buffer[place:]):
                return place
            place = self._buffer.find(GZIP, place + 1)
        return None

    def _accounted(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self._account(len(block))
            yield block

    def _account(self, size: int) -> None:
        """Count what comes out, against what went in."""
        self._given += size
        ratio = self._unpacking.max_ratio or MAX_RATIO
        if self._given > max(ratio * (self._offset + len(self._buffer)), _UNSUSPICIOUS):
            raise BombError(
                f"{self._name}: refused: it unpacks to more than {ratio:g} "
                "times its size; if that is meant, pidgin replay --max-ratio N reads it"
            )

    def _fill(self, count: int) -> bool:
        """Have that many bytes in the buffer, or all there are; False where there are none."""
        missing = count - len(self._buffer)
        if missing > 0:
            pieces = [self._buffer]
            while missing > 0 and (block := self._file.read1(max(BLOCK, missing))):
                pieces.append(block)
                missing -= len(block)
            self._buffer = b"".join(pieces)
        return bool(self._buffer)

    def _take(self, count: int) -> None:
        self._offset += min(count, len(self._buffer))
        self._buffer = self._buffer[count:]

    def _give_back(self, data: bytes) -> None:
        self._buffer = data + self._buffer
        self._offset -= len(data)

    def _read(self) -> bytes:
        """Give what is in the buffer, or the next block."""
        self._fill(1)
        data, self._buffer = self._buffer, b""
        self._offset += len(data)
        return data


def _bytewise(inflating: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    """Give what comes before an error, byte by byte, for a call that fails gives nothing."""
    try:
        for place in range(len(data)):
            yield inflating.decompress(data[place : place + 1])
    except zlib.error:
        return


def _reason(error: zlib.error) -> str:
    """Give what zlib says, without its own words around it."""
    return str(error).rpartition(": ")[2]


def _is_gzip(data: bytes) -> bool:
    """Say whether a foreign member begins here, as far as can be seen."""
    try:
        return bool(zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, 1 << 12))
    except zlib.error:
        return False
