from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.providers.lines import LineDecoder
from pidgin_cli.providers.wire import StreamMessage
from tests.providers.cutting import cut_somewhere

STREAMS = st.lists(
    st.text(max_size=9).map(lambda text: orjson.dumps({"t": text}) + b"\n")
    | st.sampled_from([b"\n", b"\r\n", b" \n", b"{}\r\n", b"\xff\n", b"\xe2\x80\xa8\n"])
).map(b"".join) | st.binary(max_size=40)


def read(*blocks: bytes) -> list[str]:
    decoder = LineDecoder()
    messages = [message for block in blocks for message in decoder.feed(block)] + decoder.finish()
    return [message.data for message in messages]


def test_a_message_is_given_when_its_line_feed_comes() -> None:
    decoder = LineDecoder()
    assert [] == decoder.feed(b'{"a"')
    assert [StreamMessage('{"a":1}')] == decoder.feed(b':1}\n{"b"')


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\r"])
def test_nothing_but_a_line_feed_ends_a_line(character: str) -> None:
    assert [f'"a{character}b"'] == read(f'"a{character}b"\n'.encode())


def test_empty_lines_are_no_messages() -> None:
    assert ["1", "2"] == read(b"\n1\n\n \r\n2\n\n")


def test_a_byte_order_mark_at_the_start_is_no_part_of_the_stream() -> None:
    assert ["1", "\ufeff2"] == read(b"\xef", b"\xbb\xbf1", b"\n\xef\xbb\xbf2\n")


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert ['"\ufffd"'] == read(b'"\xff"\n')


def test_a_last_line_needs_no_line_feed_where_it_is_whole() -> None:
    assert ["1", '{"a":2}'] == read(b'1\n{"a":2}')


def test_a_torn_last_line_is_no_message() -> None:
    assert ["1"] == read(b'1\n{"a":')


@given(STREAMS.flatmap(cut_somewhere))
def test_the_messages_are_the_same_however_the_bytes_are_cut(blocks: list[bytes]) -> None:
    assert read(b"".join(blocks)) == read(*blocks)


def test_a_long_line_in_many_packets_is_copied_once() -> None:
    decoder = LineDecoder()
    for _ in range(100_000):
        decoder.feed(b"1" * 100)
    assert [StreamMessage("1" * 10_000_000)] == decoder.feed(b"\n")
