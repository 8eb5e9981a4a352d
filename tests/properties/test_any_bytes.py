"""Whatever bytes a stream holds, reading gives events and bad lines, and loses nothing."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.lines import split_lines
from pidgin_cli.store.reader import BadLine, read_events

WHOLE = (
    b'{"v":1,"id":"a-000000","type":"turn.started","experiment_id":"e","timestamp":1.5,'
    b'"turn_number":0,"agent_id":null,"data":{"x":"\xe2\x80\xa8","n":[1,-2.5e3,{"k":null}]}}\n'
)
ODD = st.sampled_from(
    [
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"NaN",
        b"1e999",
        b"18446744073709551616",
        b"-9223372036854775809",
        b"[" * 1000,
        b'{"a":' * 1000,
        b'"type":"a",',
        "\u2028\x85".encode(),
        b"\x0c",
        b"\n\n",
        b'"',
        b"\\",
        b"0" * 30,
        WHOLE,
        WHOLE[:-1],
    ]
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A whole line with something odd in place of a part of it."""
    start = draw(st.integers(0, len(WHOLE)))
    end = draw(st.integers(start, len(WHOLE)))
    return WHOLE[:start] + draw(ODD | st.binary(max_size=5)) + WHOLE[end:]


BYTES = st.lists(damaged() | ODD | st.binary(max_size=40), max_size=6).map(b"".join)


@given(BYTES)
def test_any_bytes_are_an_event_or_a_bad_line(line: bytes):
    try:
        event = decode(line)
    except BadLineError as error:
        reason: str | None = error.reason
    else:
        reason = None
        assert line.removesuffix(b"\n") + b"\n" == encode(event)
        again = encode(event.changed())
        assert again == encode(decode(again).changed())
    assert reason is None or (reason and reason.isprintable())


@given(BYTES, st.booleans())
def test_every_line_of_any_bytes_is_given_or_reported_with_its_place(data: bytes, growing: bool):
    bad: list[BadLine] = []
    events = list(read_events([data], "log", bad.append, growing=growing))
    given = [event.line for event in events]
    expected_events, expected_bad, offset = [], [], 0
    for number, line in enumerate(data.split(b"\n"), 1):
        whole = offset + len(line) < len(data)
        try:
            if line.strip():
                expected_events.append(encode(decode(line)))
        except BadLineError:
            if whole or not growing:
                expected_bad.append((number, offset))
        offset += len(line) + 1
    assert expected_events == given
    assert expected_bad == [(each.line, each.offset) for each in bad]


@given(BYTES, st.lists(st.integers(0, 400), max_size=8))
def test_lines_are_the_same_however_the_bytes_are_cut(data: bytes, places: list[int]):
    cuts = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    blocks = [data[start:end] for start, end in pairwise(cuts)]
    expected = [line + b"\n" for line in data.split(b"\n")]
    expected[-1] = expected[-1][:-1]
    assert [line for line in expected if line] == list(split_lines(blocks))
