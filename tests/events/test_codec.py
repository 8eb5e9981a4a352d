from __future__ import annotations

import math
from enum import IntEnum
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import (
    _may_have_long_integers,
    decode,
    encode,
    encode_object,
    encode_value,
)
from pidgin_cli.events.event import Event

RESPONSE = (
    b'{"v":1,"id":"abc123","type":"response.completed","experiment_id":"exp_001",'
    b'"timestamp":1234567890.123,"turn_number":0,"agent_id":"agent_a",'
    b'"data":{"content":"Hello!","tokens":3,"duration":1.2}}\n'
)
CONVERGENCE = (
    b'{"v":1,"id":"def456","type":"convergence.measured","experiment_id":"exp_001",'
    b'"timestamp":1234567890.456,"turn_number":0,"agent_id":null,"data":{"score":0.15}}\n'
)


def line(data: bytes = b"{}", extra: bytes = b"") -> bytes:
    return b'{"type":"odd.happened","experiment_id":"exp_1","data":' + data + extra + b"}\n"


def event(data: dict[str, Any]) -> Event:
    return Event("odd.happened", "exp_1", "i-000000", 1.5, 3, "agent_a", data)


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def reason(bad: bytes) -> str:
    with pytest.raises(BadLineError) as caught:
        decode(bad)
    return caught.value.reason


def test_the_response_of_the_contract_is_read():
    expected = Event(
        "response.completed",
        "exp_001",
        "abc123",
        1234567890.123,
        0,
        "agent_a",
        {"content": "Hello!", "tokens": 3, "duration": 1.2},
    )
    assert expected == decode(RESPONSE)


def test_the_measurement_of_the_contract_is_read():
    expected = Event(
        "convergence.measured", "exp_001", "def456", 1234567890.456, 0, None, {"score": 0.15}
    )
    assert expected == decode(CONVERGENCE)


@pytest.mark.parametrize("known", [RESPONSE, CONVERGENCE])
def test_the_lines_of_the_contract_are_what_is_written_of_their_events(known: bytes):
    assert known == encode(decode(known).changed())


@pytest.mark.parametrize(
    "odd",
    [
        b' { "type" : "a" , "experiment_id":"b" } \r\n',
        b'{"experiment_id":"b","type":"a","new":{"x":[1,{}]},"v":1,"data":{"n":1.50,"e":1E3}}\n',
        b'{"type":"a","type":"b","experiment_id":"b","data":{"k":1,"k":2}}\n',
        b'{"v":7,"type":"a","experiment_id":"\\u0000/../x","data":null}\n',
        line('{"x":"\u2028\u2029\x85\x7f \\f\\u000b"}'.encode()),
        line(b'{"n":"' + b"7" * 400 + b'"}'),
    ],
    ids=["spaces", "order", "duplicate-keys", "other-version", "separators", "digits-in-text"],
)
def test_a_line_that_nobody_changed_is_given_back_byte_for_byte(odd: bytes):
    assert odd == encode(decode(odd))


def test_a_line_without_a_newline_gets_one():
    assert RESPONSE == encode(decode(RESPONSE[:-1]))


def test_unknown_keys_of_the_envelope_outlast_a_change():
    read = decode(line(b'{"a":1}', b',"copied_from":"x","new":[1]'))
    changed = read.changed(data={"a": 2})
    assert {"copied_from": "x", "new": [1]} == dict(read.extra)
    assert (
        b'{"v":1,"id":"","type":"odd.happened","experiment_id":"exp_1","timestamp":0.0,'
        b'"turn_number":null,"agent_id":null,"data":{"a":2},"copied_from":"x","new":[1]}\n'
    ) == encode(changed)


def test_of_duplicate_keys_the_last_one_counts():
    assert {"k": 2} == decode(line(b'{"k":1,"k":2}')).data


def test_what_a_foreign_line_may_leave_out_has_its_default():
    assert Event("a", "b", "", 0.0, None, None, {}) == decode(b'{"type":"a","experiment_id":"b"}')


def test_separators_of_lines_that_are_not_newlines_stay_inside_text():
    text = "\u2028 \u2029 \x85 \x1c"
    assert text == decode(line(orjson.dumps({"x": text}))).data["x"]


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        (b"", "not JSON"),
        (b"\n", "not JSON"),
        (b"\0" * 100, "not JSON"),
        (b"\xef\xbb\xbf" + RESPONSE, "not JSON: it begins with a byte order mark; write UTF-8"),
        (RESPONSE[:-3], "not JSON"),
        (RESPONSE[:-1] + RESPONSE, "not JSON"),
        (line(b'{"x":"\xff"}'), "not JSON"),
        (line(b'{"x":"\xed\xa0\x80"}'), "not JSON"),
        (line(b'{"x":"\\ud800"}'), "not JSON"),
        (line(b'{"x":"\\udc00\\ud800"}'), "not JSON"),
        (line(b'{"x":"\0"}'), "not JSON"),
        (line(b'{"x":"\x0c"}'), "not JSON"),
        (line(b'{"x":NaN}'), "not JSON"),
        (line(b'{"x":-Infinity}'), "not JSON"),
        (line(b'{"x":1e999}'), "not JSON"),
        (line(b'{"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}"), "not JSON"),
        (b"null\n", "not a JSON object"),
        (b"[" + RESPONSE[:-1] + b"]\n", "not a JSON object"),
        (b'{"experiment_id":"b"}', "no type"),
        (b'{"type":"","experiment_id":"b"}', "no type"),
        (b'{"type":5,"experiment_id":"b"}', "no type"),
        (b'{"type":"a"}', "no experiment_id"),
        (b'{"type":"a","experiment_id":""}', "no experiment_id"),
        (b'{"type":"a","experiment_id":["b"]}', "no experiment_id"),
        (line(b"[]"), "data is not an object"),
        (line(b"{}", b',"id":5'), "id is not a string of at most 128 characters"),
        (
            line(b"{}", b',"id":"' + b"x" * 129 + b'"'),
            "id is not a string of at most 128 characters",
        ),
        (line(b"{}", b',"timestamp":"1"'), "timestamp is not a number"),
        (line(b"{}", b',"timestamp":true'), "timestamp is not a number"),
        (line(b"{}", b',"turn_number":1.0'), "turn_number is not an integer"),
        (line(b"{}", b',"turn_number":true'), "turn_number is not an integer"),
        (line(b"{}", b',"agent_id":1'), "agent_id is not a string"),
        (line(b"{}", b',"v":"1"'), "v is not an integer"),
        (line(b'{"n":18446744073709551616}'), "an integer past 64 bits: 18446744073709551616"),
        (line(b'{"n":-9223372036854775809}'), "an integer past 64 bits: -9223372036854775809"),
        (line(b'{"n":[{"m":' + b"9" * 200 + b"}]}"), "an integer past 64 bits: " + "9" * 24),
        (line(b"{}", b',"new":36893488147419103232'), "an integer past 64 bits"),
    ],
    ids=lambda value: None if isinstance(value, str) else ascii(value[-40:]),
)
def test_a_line_that_is_no_event_is_bad(bad: bytes, expected: str):
    assert reason(bad).startswith(expected)


@pytest.mark.parametrize("number", [2**64 - 1, -(2**63), 0, 2**63])
def test_integers_of_64_bits_are_kept_exactly(number: int):
    read = decode(line(b'{"n":%d}' % number))
    assert {"n": number} == read.data
    assert b'{"n":%d}' % number in encode(read.changed())


@pytest.mark.parametrize(
    "data",
    [
        b'{"n":"18446744073709551616"}',
        b'{"n":"\\"18446744073709551616"}',
        b'{"18446744073709551616":1}',
        b'{"n":0.18446744073709551616123}',
        b'{"n":1.5e-18446744073709551616}',
        b'{"n":18446744073709551616.0}',
        b'{"a":1234567890,"b":1234567890}',
    ],
)
def test_digits_that_are_no_integer_may_be_many(data: bytes):
    assert line(data) == encode(decode(line(data)))


def test_a_thousand_levels_are_read_and_written_again():
    read = decode(line(orjson.dumps({"a": orjson.Fragment(b"[" * 1000 + b"]" * 1000)})))
    assert b'"data":{"a":' + b"[" * 1000 + b"]" * 1000 + b"}" in encode(read.changed())


def test_a_deep_line_with_long_digits_is_read():
    deep = line(b'{"a":' + b"[" * 1000 + b'"' + b"9" * 40 + b'"' + b"]" * 1000 + b"}")
    assert deep == encode(decode(deep))


@pytest.mark.parametrize("depth", [1, 253, 254, 255, 600, 1900])
def test_values_of_any_depth_are_written(depth: int):
    written = encode_value(nested(depth))
    assert depth == written.count(b"[") + written.count(b"{")
    if depth < 1000:
        assert nested(depth) == orjson.loads(written)


def test_a_value_that_lies_within_itself_is_refused():
    value: list[Any] = []
    value.append({"again": value})
    with pytest.raises(TypeError, match="within itself"):
        encode_value(value)


def test_what_json_has_no_word_for_is_refused():
    with pytest.raises(TypeError):
        encode_object({"x": {1, 2}, "y": "\ud800"})


class Odd(IntEnum):
    LARGE = 2**70
    SMALL = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, b"null"),
        (-math.inf, b"null"),
        ("a\ud800b", '"a\ufffdb"'.encode()),
        ({"k\udfff": "\udc00\ud800"}, '{"k\ufffd":"\ufffd\ufffd"}'.encode()),
        (dict(zip("\ud800\ud801", (1, 2), strict=True)), '{"\ufffd":2}'.encode()),
        (2**64, b'"18446744073709551616"'),
        ([-(2**63) - 1, True, None], b'["-9223372036854775809",true,null]'),
        (["\ud800", Odd.SMALL], '["\ufffd",1]'.encode()),
        ({1: "\ud800", "a": (1, [], {})}, '{"1":"\ufffd","a":[1,[],{}]}'.encode()),
        (MappingProxyType({"a": MappingProxyType({})}), b'{"a":{}}'),
    ],
    ids=ascii,
)
def test_what_json_or_utf_8_cannot_hold_is_replaced(value: Any, expected: bytes):
    assert expected == encode_value(value)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(codec=None)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec=None), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(st.characters(codec=None), max_size=5), ANYTHING, max_size=4))
def test_whatever_is_written_can_be_read(data: dict[str, Any]):
    written = encode(event(data))
    assert b"\n" == written[-1:]
    assert 1 == written.count(b"\n")
    assert written == encode(decode(written).changed())


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=4), st.text(max_size=128))
def test_an_event_comes_back_as_it_was_written(data: dict[str, Any], event_id: str):
    written = event(data).changed(id=event_id)
    assert written == decode(encode(written))


@pytest.mark.parametrize(
    ("lines", "has"),
    [
        (b'{"a":1844674407370955161}', True),
        (b'{"a":-18446744073709551616}', True),
        (b"[1,18446744073709551616]", True),
        (b'{"a":1}\n{"a": 18446744073709551616}\n', True),
        (b'{"a":"3e1512345678901234567890f"}', False),
        (b'{"a":0.1234567890123456789012}', False),
        (b'{"a":"12345678901234567890","b":12345678901234567890}', True),
        (b'{"a":123456789012345678}', False),
    ],
)
def test_long_integers_are_told_from_the_digits_of_hashes(lines: bytes, has: bool) -> None:
    assert has == _may_have_long_integers(lines)


@given(st.lists(st.integers() | st.floats(0, 1) | st.text("0123456789abc", max_size=40)))
def test_no_integer_past_64_bits_is_missed(values: list[object]) -> None:
    past = any(isinstance(value, int) and not -(2**63) <= value < 2**64 for value in values)
    bad = line(f'{{"a":1,"b":{as_json_list(values)}}}'.encode())
    assert _may_have_long_integers(bad) or not past
    if past:
        assert reason(bad).startswith("an integer past 64 bits")
    else:
        assert bad == encode(decode(bad))


def as_json_list(values: list[object]) -> str:
    return (
        "["
        + ",".join(f'"{value}"' if isinstance(value, str) else str(value) for value in values)
        + "]"
    )
