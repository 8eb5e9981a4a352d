"""A log that comes by a pipe, unpacked where it is an archive."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest

from pidgin_cli.store.archive import packed
from pidgin_cli.store.extraction import DamagedArchiveError
from pidgin_cli.store.incoming import incoming_blocks
from pidgin_cli.store.member import Piece, packed_member

LOG = b'{"type":"turn.started","experiment_id":"a"}\n' * 100_000


def cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[place : place + size] for place in range(0, len(data), size))


def test_a_log_comes_in_the_blocks_that_it_came_in():
    assert [b"one", b" two\n"] == [*incoming_blocks(iter([b"one", b" two\n"]), "it")]
    assert [] == [*incoming_blocks(iter([]), "it")]


def test_the_first_block_is_given_before_another_is_read():
    def blocks() -> Iterator[bytes]:
        yield b"{"
        pytest.fail("more was waited for")

    assert b"{" == next(incoming_blocks(blocks(), "it"))


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
def test_an_archive_is_unpacked_however_it_is_cut(size: int):
    log = LOG[: 44 * 1000] if size < 4096 else LOG
    for archive in (gzip.compress(log), b"".join(packed([log]))):
        assert log == b"".join(incoming_blocks(cut(archive, size), "it"))


def test_archives_one_after_another_are_all_unpacked():
    both = gzip.compress(LOG) + b"".join(packed([LOG]))
    assert LOG + LOG == b"".join(incoming_blocks(cut(both, 1 << 16), "it"))


def test_a_damaged_archive_gives_what_is_certain_and_says_its_name():
    came: list[bytes] = []
    blocks = incoming_blocks(cut(gzip.compress(LOG)[:-20], 1 << 16), "it")
    with pytest.raises(DamagedArchiveError, match=r"^it: the archive is damaged: .*cut off"):
        came.extend(blocks)
    assert came
    assert LOG.startswith(b"".join(came))


def test_what_only_begins_like_an_archive_is_given_as_it_is():
    assert b"\x1f and more" == b"".join(incoming_blocks(iter([b"\x1f", b" and more"]), "it"))
    assert b"\x1f" == b"".join(incoming_blocks(iter([b"\x1f"]), "it"))


def arrivals(archive: bytes) -> list[tuple[int, int]]:
    """Give how many bytes of an archive that comes byte by byte had come with each further byte."""
    came = 0

    def bytewise() -> Iterator[bytes]:
        nonlocal came
        for came in range(1, len(archive) + 1):
            yield archive[came - 1 : came]

    total, found = 0, []
    for block in incoming_blocks(bytewise(), "it"):
        total += len(block)
        if block:
            found.append((came, total))
    return found


def test_a_member_of_ours_is_given_as_soon_as_it_is_there():
    first, second = LOG[:4400], LOG[:440]
    members = [packed_member(Piece(first), 6), packed_member(Piece(second, last=True), 6)]
    ends = [len(members[0]), len(members[0]) + len(members[1])]
    assert arrivals(b"".join(members)) == [(ends[0], 4400), (ends[1], 4840)]


def test_a_line_of_a_foreign_archive_is_given_as_soon_as_it_is_there():
    packing = zlib.compressobj(wbits=31)
    archive, ends = b"", []
    for place in range(0, 4400, 44):
        archive += packing.compress(LOG[place : place + 44]) + packing.flush(zlib.Z_SYNC_FLUSH)
        ends.append(len(archive))
    given = {total: came for came, total in arrivals(archive + packing.flush())}
    assert all(given[44 * count] <= end for count, end in enumerate(ends, 1))
