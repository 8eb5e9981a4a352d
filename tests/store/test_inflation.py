"""Plain gzip at full speed: all of what is sound, and not a word of what is not."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Callable
from functools import partial

import pytest

from pidgin_cli.store import inflation
from pidgin_cli.store.inflation import sound_blocks, sound_content, sound_member

CONTENT = os.urandom(300_000) + b"a line\n" * 100_000
PACKED = gzip.compress(CONTENT)
ENOUGH = 1 << 24


@pytest.fixture(params=["ISA-L", "zlib"], autouse=True)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setattr(inflation, "_library", lambda: zlib)


def reading(data: bytes, step: int = 10_000) -> Callable[[], bytes]:
    return partial(io.BytesIO(data).read, step)


@pytest.mark.parametrize("step", [1_000, 10_000_000])
def test_members_come_one_after_another(step: int) -> None:
    data = PACKED + gzip.compress(b"") + gzip.compress(b"more")
    assert CONTENT + b"more" == b"".join(sound_blocks(reading(data, step)))


def test_of_nothing_comes_nothing() -> None:
    assert [] == list(sound_blocks(reading(b"")))


def test_one_member_comes_with_what_was_read_behind_it() -> None:
    found = sound_member(reading(PACKED + b"behind", 10_000_000), ENOUGH)
    assert found is not None
    pieces, rest = found
    assert (CONTENT, b"behind") == (b"".join(pieces), rest)


@pytest.mark.parametrize(
    "data",
    [
        b"rubbish" * 10,
        PACKED[:-1],
        PACKED[:2],
        PACKED[:-5] + bytes([PACKED[-5] ^ 1]) + PACKED[-4:],
        PACKED[:-1] + bytes([PACKED[-1] ^ 1]),
        PACKED[:3] + b"\xe0" + PACKED[4:],
    ],
    ids=["none", "cut off", "cut off at once", "checksum", "length", "flags"],
)
def test_what_is_damaged_is_not_given(data: bytes) -> None:
    assert sound_member(reading(data), ENOUGH) is None


@pytest.mark.parametrize("data", [PACKED[:-1], PACKED + b"rubbish"])
def test_damage_is_an_error_at_its_place(data: bytes) -> None:
    given: list[bytes] = []
    with pytest.raises(ValueError, match=r"."):
        given.extend(sound_blocks(reading(data)))
    assert CONTENT.startswith(b"".join(given))


def test_a_stream_gives_content_of_the_size_that_is_known() -> None:
    body = PACKED[10:-8]
    assert CONTENT == sound_content(body, len(CONTENT))
    assert b"" == sound_content(gzip.compress(b"")[10:-8], 0)
    for wrong in (body[:-1], b"\xff" + body, b""):
        assert sound_content(wrong, len(CONTENT)) is None
    for size in (len(CONTENT) - 1, len(CONTENT) + 1):
        assert sound_content(body, size) is None


def test_more_than_was_asked_for_is_given_up() -> None:
    assert sound_member(reading(PACKED), len(CONTENT)) is not None
    assert sound_member(reading(PACKED), len(CONTENT) - 1) is None
