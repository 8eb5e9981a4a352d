"""Whatever bytes are checked, packed or unpacked, nothing breaks and nothing is made up."""

from __future__ import annotations

import gzip
import io

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.checks.log import check_lines
from pidgin_cli.errors import StoreError
from pidgin_cli.events.lines import split_lines, whole_lines
from pidgin_cli.store.archive import packed
from pidgin_cli.store.extraction import unpacked
from tests.properties.test_any_bytes import BYTES

HEADER = 40
"""Bytes of a header without marks."""
BLOCKS = st.lists(BYTES | st.binary(max_size=300), max_size=5)


def out_of(data: bytes) -> tuple[bytes, bool]:
    """Give what comes out of what may be an archive, and whether all of it was sound."""
    pieces = []
    try:
        pieces.extend(unpacked(io.BytesIO(data), "it"))
    except StoreError:
        return b"".join(pieces), False
    return b"".join(pieces), True


@given(BLOCKS, st.integers(1, 9))
def test_any_bytes_come_out_of_their_archive_as_they_were(blocks: list[bytes], level: int):
    archive = b"".join(packed(blocks, level))
    assert (b"".join(blocks), True) == out_of(archive)
    assert b"".join(blocks) == gzip.decompress(archive)


@given(BLOCKS)
def test_blocks_of_whole_lines_are_the_same_bytes(blocks: list[bytes]):
    given = list(whole_lines(blocks))
    assert b"".join(blocks) == b"".join(given)
    assert all(block.endswith(b"\n") for block in given[:-1])


@given(st.binary(max_size=400), st.booleans(), st.booleans())
def test_any_bytes_taken_for_an_archive_are_refused_or_read(data: bytes, head: bool, ours: bool):
    start = b"".join(packed([b"one\n"] * 3))[: 44 if ours else 10] if head else b""
    given, sound = out_of(start + data)
    assert sound or given.endswith(b"\n") or given == b""


@given(BLOCKS, st.data())
def test_an_archive_with_bytes_changed_gives_only_what_was_written(
    blocks: list[bytes], data: st.DataObject
):
    archive = bytearray(b"".join(packed(blocks)))
    place = data.draw(st.integers(0, len(archive) - 1))
    change = data.draw(st.binary(max_size=3))
    # What is missing in the middle of the last member cannot be told from a missing end, before
    # which everything comes.
    most = 3 if place < HEADER else len(change)
    archive[place : place + data.draw(st.integers(0, most))] = change
    given, sound = out_of(bytes(archive))
    whole = b"".join(blocks)
    assert whole.startswith(given)
    assert not sound or given == whole


@given(BLOCKS, st.booleans(), st.booleans())
def test_any_bytes_can_be_checked(blocks: list[bytes], whole: bool, growing: bool):
    lines = list(split_lines(blocks))
    places = {0: 0}
    for number, line in enumerate(lines):
        places[number + 1] = places[number] + len(line)
    for finding in check_lines(lines, whole=whole, growing=growing):
        assert places[finding.line - 1] == finding.byte
        assert finding.reason
