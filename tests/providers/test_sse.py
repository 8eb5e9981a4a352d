from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.providers.sse import STRAY_CHARACTERS, EventStreamDecoder
from pidgin_cli.providers.wire import StreamMessage
from tests.providers.cutting import cut_somewhere

LINES = st.lists(
    st.sampled_from(
        [
            "data: one",
            "data:two",
            "data",
            "data: ",
            "event: e",
            ": note",
            "id: 7",
            "",
            "",
            "{",
            "x:y",
        ]
    )
    | st.text(max_size=8).map(lambda text: "data: " + re.sub("[\r\n]", "", text))
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"]))).map(
    lambda parts: "".join(line + end for lines, end in parts for line in lines).encode()
) | st.binary(max_size=60)


def read(*blocks: bytes) -> list[StreamMessage]:
    decoder = EventStreamDecoder()
    return [message for block in blocks for message in decoder.feed(block)] + decoder.finish()


def by_the_book(stream: bytes) -> list[StreamMessage]:
    """Read a whole stream the way the standard says it, at its own leisure."""
    text = stream.decode("utf-8-sig", errors="replace")
    *lines, _ = re.split("\r\n|\n|\r", text)
    messages, data, event = [], [], ""
    for line in [*lines, ""]:
        name, _, value = line.partition(":")
        value = value[1:] if value[:1] == " " else value
        if line == "" and data:
            messages.append(StreamMessage("\n".join(data), event))
        if line == "":
            data, event = [], ""
        if name == "data":
            data.append(value)
        if name == "event":
            event = value
    return messages


def test_a_message_is_given_when_its_empty_line_comes() -> None:
    decoder = EventStreamDecoder()
    assert [] == decoder.feed(b"data: one\n")
    assert [StreamMessage("one")] == decoder.feed(b"\n")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_line_ends_in_any_of_three_ways(end: bytes) -> None:
    stream = end.join([b"event: a", b"data: 1", b"", b"data: 2", b"", b""])
    assert [StreamMessage("1", "a"), StreamMessage("2")] == read(stream)


def test_a_return_and_its_line_feed_in_two_packets_are_one_line_end() -> None:
    assert [StreamMessage("1\n2")] == read(b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"\n")


def test_a_return_at_the_end_of_a_packet_ends_the_line_at_once() -> None:
    assert [StreamMessage("1")] == EventStreamDecoder().feed(b"data: 1\r\r")


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x00"])
def test_no_other_character_ends_a_line(character: str) -> None:
    assert [StreamMessage(f"a{character}b")] == read(f"data: a{character}b\n\n".encode())


def test_several_lines_of_data_are_joined() -> None:
    assert [StreamMessage("1\n\n3")] == read(b"data: 1\ndata\ndata:3\n\n")


def test_one_leading_space_is_no_part_of_the_value() -> None:
    assert [StreamMessage("  x ", " e")] == read(b"event:  e\ndata:   x \n\n")


def test_comments_and_unknown_fields_are_passed_over() -> None:
    assert [StreamMessage("1")] == read(b": hello\nid: 3\nretry: 9\nfoo: 2\nDATA: 2\ndata: 1\n\n")


def test_the_name_of_an_event_is_forgotten_with_its_message() -> None:
    assert [StreamMessage("1")] == read(b"event: a\n\ndata: 1\n\n")


def test_a_byte_order_mark_at_the_start_is_no_part_of_the_stream() -> None:
    stream = b"\xef\xbb\xbfdata: 1\n\n\xef\xbb\xbfdata: 2\n\n"
    assert [StreamMessage("1")] == read(*(stream[i : i + 1] for i in range(len(stream))))


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert [StreamMessage("a\ufffdb")] == read(b"data: a\xffb\n\n")


def test_a_last_message_needs_no_empty_line() -> None:
    assert [StreamMessage("1")] == read(b"data: 1\n")


def test_a_torn_last_line_is_no_message() -> None:
    assert [] == read(b'data: {"tor')


@pytest.mark.parametrize("page", ['{"error": 1}', '{\n "error": 1\n}', "<html>\n<p>no</p>"])
def test_what_is_no_event_stream_is_kept_aside(page: str) -> None:
    decoder = EventStreamDecoder()
    assert [] == decoder.feed(page.encode()) + decoder.finish()
    assert page == decoder.stray


def test_little_is_kept_of_what_is_no_event_stream() -> None:
    decoder = EventStreamDecoder()
    for _ in range(100):
        decoder.feed(b"<p>" + b"x" * 10_000 + b"\n")
    assert STRAY_CHARACTERS >= len(decoder.stray)


@given(STREAMS.flatmap(cut_somewhere))
def test_the_messages_are_the_same_however_the_bytes_are_cut(blocks: list[bytes]) -> None:
    assert by_the_book(b"".join(blocks)) == read(*blocks)


def test_a_long_line_in_many_packets_is_copied_once() -> None:
    decoder = EventStreamDecoder()
    decoder.feed(b"data: ")
    for _ in range(100_000):
        decoder.feed(b"x" * 100)
    assert [StreamMessage("x" * 10_000_000)] == decoder.feed(b"\n\n")
