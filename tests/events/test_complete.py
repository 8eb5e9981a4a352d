"""What is read at once is read as it is the long way, and the rest is left to that one."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import BadLineError
from pidgin_cli.events import codec
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.complete import NOT_COMPLETE, complete_event
from pidgin_cli.events.event import NOTHING, Event

ENVELOPE = {
    b"v": b"1",
    b"id": b'"i-0"',
    b"type": b'"odd.happened"',
    b"experiment_id": b'"e"',
    b"timestamp": b"1.5",
    b"turn_number": b"0",
    b"agent_id": b"null",
    b"data": b"{}",
}


def line(**values: bytes) -> bytes:
    """A line with these values in place of the usual ones, as bytes of JSON."""
    members = {**ENVELOPE, **{name.encode(): value for name, value in values.items()}}
    return b"{" + b",".join(b'"%b":%b' % member for member in members.items()) + b"}\n"


def at_once(data: bytes) -> Event | None:
    """What the line is by the quick way; None where that leaves it."""
    try:
        complete_event(data)
    except NOT_COMPLETE:
        return None
    return decode(data)


def left(line: bytes) -> Event:
    raise NOT_COMPLETE[0]


def the_long_way(data: bytes) -> Event | None:
    """What the line is without the quick way; None for a bad one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "complete_event", left)
        try:
            return decode(data)
        except BadLineError:
            return None


def as_told(event: Event | None) -> str:
    """All of an event, with the types of its values and the signs of its zeros."""
    return repr(event)


DIGITS = st.text("0123456789", min_size=1, max_size=25)
NUMBERS = st.builds(
    lambda sign, whole, fraction, exponent: f"{sign}{whole}{fraction}{exponent}".encode(),
    st.sampled_from(["", "-", "+", "--"]),
    DIGITS,
    st.just("") | DIGITS.map(lambda digits: f".{digits}") | st.just("."),
    st.just("") | st.integers(-400, 400).map(lambda power: f"e{power}") | st.just("E+"),
)
STRINGS = st.binary(max_size=8).map(lambda inner: b'"%b"' % inner) | st.lists(
    st.sampled_from([b"a", rb"\u0000", rb"\ud800", rb"\udc00", rb"\/", rb"\x", rb"\n", b"\x7f"])
    | st.characters(codec="utf-8").map(str.encode),
    max_size=4,
).map(lambda pieces: b'"%b"' % b"".join(pieces))
SCALARS = NUMBERS | STRINGS | st.sampled_from([b"null", b"true", b"false", b"NaN", b"nul", b""])
SPACE = st.sampled_from([b"", b"", b" ", b"\t\r", b"\n", b"\x0c", b"\xc2\xa0"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: b"[%b]" % b",".join(items))
        | st.lists(st.tuples(STRINGS, SPACE, inner), max_size=3).map(
            lambda members: b"{%b}" % b",".join(b"%b:%b%b" % member for member in members)
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([*ENVELOPE, b"extra", b"line", rb"\u0076", b"new"]).map(bytes.decode),
        VALUES,
        max_size=3,
    )
)
def test_whatever_stands_in_a_line_both_ways_read_the_same(values: dict[str, bytes]):
    given = line(**values)
    read = at_once(given)
    if read is not None:
        assert as_told(the_long_way(given)) == as_told(read)


@given(VALUES, SPACE, SPACE)
def test_whatever_a_payload_holds_both_ways_read_the_same(value: bytes, before: bytes, end: bytes):
    given = before + line(data=b'{"a":%b}' % value) + end
    read = at_once(given)
    if read is not None:
        assert as_told(the_long_way(given)) == as_told(read)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**63), 2**63 - 1))
def test_numbers_are_exact(number: float, integer: int):
    read = at_once(line(data=orjson.dumps({"number": number, "integer": integer})))
    assert read is not None
    assert repr({"number": number, "integer": integer}) == repr(read.data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data", b'{"n":18446744073709551616}'),
        ("data", b'{"n":[{"m":[-9223372036854775809]}]}'),
        ("timestamp", b"36893488147419103232"),
        ("turn_number", b"18446744073709551616"),
        ("v", b"18446744073709551616"),
    ],
)
def test_no_integer_past_64_bits_is_read(name: str, value: bytes):
    assert at_once(line(**{name: value})) is None
    with pytest.raises(BadLineError, match="an integer past 64 bits"):
        decode(line(**{name: value}))


@pytest.mark.parametrize("name", ["extra", "line", "copied_from"])
@pytest.mark.parametrize("value", [b"null", b"{}", b'""', b'"QQ=="', b"1"])
def test_keys_that_are_not_of_the_envelope_are_kept(name: str, value: bytes):
    given = line(**{name: value})
    read = decode(given)
    assert (given, {name: orjson.loads(value)}) == (read.line, read.extra)
    assert given == encode(read.changed())


@pytest.mark.parametrize(
    "given",
    [
        line(),
        line(agent_id=b'"a"', data=b'{"usage":{"input_tokens":9223372036854775807}}'),
        line(turn_number=b"null", data=b'{"components":{"length":-0.0},"turns":[1,[2,[]]]}'),
        line(data='{"content":"\u2028\U0001f600\\ud83d\\ude00"}'.encode()),
        b" " + line()[:-1],
        b"{" + line()[1:-2].replace(b'"v":1,', b"") + b',"v":1}\n',
    ],
    ids=["bare", "integers", "nested", "text", "spaces", "order"],
)
def test_a_usual_line_is_read_at_once(given: bytes):
    read = at_once(given)
    assert read is not None
    assert (as_told(the_long_way(given)), NOTHING) == (as_told(read), read.extra)


def test_events_are_the_same_by_what_they_say():
    first = decode(line())
    spaced: Any = decode(b" " + line())
    assert first == spaced
    assert first != first.changed(v=2)
    assert first != first.line
