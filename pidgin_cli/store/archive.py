"""Archives: how a log is cut into members, and what can be said of them without unpacking."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pidgin_cli.store.extraction import Unpacking, unpacked
from pidgin_cli.store.member import (
    LARGEST,
    LONGEST_HEADER,
    SIGNATURE,
    Header,
    Piece,
    packed_member,
    read_header,
)

if TYPE_CHECKING:
    # It loads logging, which readers have no use for.
    from concurrent.futures import Executor, Future

MEMBER = 1_000_000
"""Bytes of content in a member, more or less."""

LEVEL = 6
"""How hard is tried where nobody says it."""

_NEAR = MEMBER // 4
"""Bytes that a member may be longer or shorter than that, to end before a turn."""
_TURN_STARTED = b'"type":"turn.started"'
_AHEAD = 4
"""Members that are packed before the first of them is given."""
_USUAL_HEADER = 1 << 10
"""Bytes that are read first of a header, and nearly always all of it."""


def packed(
    blocks: Iterable[bytes], level: int = LEVEL, executor: Executor | None = None
) -> Iterator[bytes]:
    """Give the archive of a log, member by member; holds a few of them.

    Args:
        blocks: the bytes of the log, cut anywhere.
        level: 1, fastest, to 9, smallest.
        executor: packs several members at a time.
    """
    pieces = _pieces(blocks)
    if executor is None:
        yield from (packed_member(piece, level) for piece in pieces)
        return
    packing: deque[Future[bytes]] = deque()
    for piece in pieces:
        packing.append(executor.submit(packed_member, piece, level))
        if len(packing) > _AHEAD:
            yield packing.popleft().result()
    while packing:
        yield packing.popleft().result()


def _pieces(blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Give the contents of members."""
    gathered, size, alone = [], 0, True
    for block in blocks:
        gathered.append(block)
        size += len(block)
        # A line that is longer than that is waited for.
        long = size - len(block) >= 2 * MEMBER and b"\n" not in block and size <= LARGEST
        # What is left over is always so much that the last member is no small one.
        while size >= 2 * MEMBER and not long:
            data = b"".join(gathered)
            cut = _cut(data)
            gathered, size = [data[cut:]], size - cut
            if cut == 0:
                break
            alone = False
            yield Piece(data[:cut])
    yield Piece(b"".join(gathered), last=True, alone=alone)


def _cut(data: bytes) -> int:
    """Give where a member is to end: before a turn, at the end of a line, or 0 for not yet."""
    started = data.find(_TURN_STARTED, MEMBER - _NEAR, MEMBER + _NEAR)
    cut = data.rfind(b"\n", 0, started if started > 0 else MEMBER) + 1
    if cut == 0:
        cut = data.find(b"\n", MEMBER, LARGEST) + 1
    return cut or (LARGEST if len(data) > LARGEST else 0)


def headers(descriptor: int) -> Iterator[tuple[int, Header]]:
    """Give the headers of an archive of ours, each with its offset, without unpacking anything.

    They end where a member is not one of ours, or not there.
    """
    offset = 0
    while header := _header_at(descriptor, offset):
        yield offset, header
        offset += header.packed


def _header_at(descriptor: int, offset: int) -> Header | None:
    start = os.pread(descriptor, _USUAL_HEADER, offset)
    header = read_header(start)
    if header is None and SIGNATURE.match(start):
        return read_header(os.pread(descriptor, LONGEST_HEADER, offset))
    return header


def the_ends(path: Path) -> Unpacking:
    """Say how to read the first member and the last two of an archive of ours, and no others."""
    with path.open("rb") as file:
        offsets = [offset for offset, _ in headers(file.fileno())]
    between = frozenset(offsets[1:-2])
    return Unpacking(wanted=lambda offset, header: offset not in between)


class Contents(NamedTuple):
    """How much an archive holds: bytes of it, and bytes of its log."""

    packed: int
    size: int

    @property
    def ratio(self) -> float:
        """Bytes of the log for one of the archive."""
        return self.size / self.packed if self.packed else 0.0


def contents(path: Path) -> Contents:
    """Say how much an archive holds; a foreign one is unpacked for that.

    Raises:
        StoreError: it is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        found = [header for _, header in headers(file.fileno())]
        if found and sum(header.packed for header in found) == length:
            return Contents(length, sum(header.size for header in found))
        return Contents(length, sum(map(len, unpacked(file, str(path)))))


def prove(path: Path) -> None:
    """Unpack all of an archive to nowhere.

    Raises:
        StoreError: it is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        for _ in unpacked(file, str(path)):
            pass
