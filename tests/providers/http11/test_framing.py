from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pidgin_cli.providers.http11.framing import (
    LONGEST_LINE,
    Body,
    ChunkedBody,
    EndlessBody,
    FramingError,
    MeasuredBody,
)

CHUNKED = b"5\r\nHello\r\n6;why=not\r\n, you!\r\n000\r\nTrailer: one\r\n\r\n"


def read(body: Body, blocks: Sequence[bytes]) -> bytes:
    return b"".join(body.feed(block) for block in blocks)


def cut_up(stream: bytes, places: Sequence[int]) -> list[bytes]:
    ends = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    return [stream[a:b] for a, b in pairwise(ends)]


def chunked(chunks: Sequence[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def as_h11_reads(stream: bytes) -> bytes | None:
    """Give the body as h11 has it, None where it refuses it."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "h")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + stream)
    connection.receive_data(b"")
    body = b""
    try:
        while not isinstance(event := connection.next_event(), h11.EndOfMessage):
            body += event.data if isinstance(event, h11.Data) else b""
    except h11.RemoteProtocolError:
        return None
    return body


def as_we_read(stream: bytes) -> bytes | None:
    body = ChunkedBody()
    try:
        said = body.feed(stream)
        body.finish()
    except FramingError:
        return None
    return said


def test_a_body_in_chunks_is_what_stands_in_them() -> None:
    body = ChunkedBody()
    assert (b"Hello, you!", True, False) == (body.feed(CHUNKED), body.whole, body.surplus)


def test_a_body_in_chunks_may_arrive_one_byte_at_a_time() -> None:
    body = ChunkedBody()
    assert b"Hello, you!" == read(body, cut_up(CHUNKED, range(len(CHUNKED))))
    assert body.whole


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=30),
    st.lists(st.integers(0, 5000), max_size=20),
)
def test_a_body_in_chunks_is_the_same_however_it_is_cut(
    chunks: list[bytes], places: list[int]
) -> None:
    body = ChunkedBody()
    assert b"".join(chunks) == read(body, cut_up(chunked(chunks), places))
    assert (True, False) == (body.whole, body.surplus)


@example([b"0", b"\r\n", b"0", b"\n", b"\n"])
@given(
    st.lists(
        st.sampled_from([b"0", b"1", b"a", b"F", b"g", b";x", b" ", b"\r", b"\n", b"\r\n", b"-"]),
        max_size=12,
    )
)
def test_nothing_is_taken_that_h11_refuses_and_nothing_read_otherwise(parts: list[bytes]) -> None:
    stream = b"".join(parts)
    ours, theirs = as_we_read(stream), as_h11_reads(stream)
    assert ours in (None, theirs)


@pytest.mark.parametrize(
    "stream",
    [
        b"x\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x1\r\n",
        b"\r\n",
        b"1\nA\r\n0\r\n\r\n",
        b"1\r\nAB\r\n0\r\n\r\n",
        b"1\r\nA\r0\r\n\r\n",
        b"1" * 16 + b"\r\n",
        b"1;" + b"x" * LONGEST_LINE,
        b"0\r\n" + b"x: y\r\n" * LONGEST_LINE,
        b"0\r\n" + b"x" * LONGEST_LINE * 2,
    ],
)
def test_chunks_that_make_no_sense_are_refused(stream: bytes) -> None:
    with pytest.raises(FramingError):
        ChunkedBody().feed(stream)


@pytest.mark.parametrize("length", range(len(CHUNKED)))
def test_a_body_in_chunks_that_ends_too_early_is_refused(length: int) -> None:
    body = ChunkedBody()
    body.feed(CHUNKED[:length])
    with pytest.raises(FramingError):
        body.finish()


def test_what_comes_behind_a_body_is_none_of_it() -> None:
    bodies: list[Body] = [ChunkedBody(), MeasuredBody(2)]
    said = [bodies[0].feed(chunked([b"Hi"]) + b"HTTP/1.1"), bodies[1].feed(b"Hi" + b"HTTP/1.1")]
    assert ([b"Hi", b"Hi"], [True, True]) == (said, [body.surplus for body in bodies])


def test_a_measured_body_is_as_long_as_it_says() -> None:
    body = MeasuredBody(5)
    assert (b"Hel", False) == (body.feed(b"Hel"), body.whole)
    with pytest.raises(FramingError, match="2 bytes too early"):
        body.finish()
    assert (b"lo", True) == (body.feed(b"lo"), body.whole)
    body.finish()


def test_an_endless_body_ends_with_the_connection() -> None:
    body = EndlessBody()
    assert (b"all of it", False) == (read(body, [b"all ", b"of it"]), body.whole)
    body.finish()
