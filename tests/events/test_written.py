from __future__ import annotations

import re

import pytest

from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.written import COUNT, STRING, Line
from pidgin_cli.possessive import compiled


def matched(line: Line, data: bytes) -> bool:
    return compiled(line.whole).fullmatch(data) is not None


def written(data: dict[str, object]) -> bytes:
    return encode(Event("turn.started", "exp_1", "a-000001", 1234567890.123, 3, "agent_a", data))


def test_a_line_as_it_is_written_is_matched_whole() -> None:
    line = Line(rb'"turn\.started"', rb'\{"text":%b,"number":%b\}' % (STRING, COUNT))
    assert matched(line, written({"text": 'a "b" \\ / \b\f\n\r\t “é” \x7f\u2028', "number": 0}))
    assert not matched(line, written({"text": "", "number": 0, "other": 1}))
    assert not matched(line, written({"text": ""}))


@pytest.mark.parametrize("text", [b'a"b', b"a\\xb", b"a\nb", b"\x00", b"a\\", b"\\u0041"])
def test_what_ends_a_string_or_is_escaped_at_length_is_none_of_its_text(text: bytes) -> None:
    assert compiled(STRING).fullmatch(b'"' + text + b'"') is None


def test_whose_line_it_is_stands_in_its_head() -> None:
    head = Line(b'"[a-z.]++"', b"", experiment_id=b'"([^"]++)"').head
    found = re.match(head, written({}))
    assert found is not None
    assert b"exp_1" == found[1]
