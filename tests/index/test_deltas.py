"""Pieces of text that are passed over by their bytes: only such as are nothing else."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.index.deltas import Run, run_at

LINE = (
    b'{"v":1,"id":"9f2c41d07be35a68-000017","type":"response.streaming","experiment_id":"exp_1",'
    b'"timestamp":1234567890.123,"turn_number":0,"agent_id":"agent_a",'
    b'"data":{"response":0,"index":3,"delta":"Hello"}}\n'
)
LYING = [
    LINE.replace(b"}}\n", b'},"type":"response.completed"}\n'),
    LINE.replace(b'"v":1', b'"v":2'),
    LINE.replace(b'"v":1', b'"v":1.0'),
    LINE.replace(b'"data":{', b'"type":"response.completed","data":{'),
    LINE.replace(b'"experiment_id":"exp_1"', b'"experiment_id":"exp_2"'),
    LINE.replace(b"}}\n", b'},"experiment_id":"exp_2"}\n'),
    LINE.replace(b"}}\n", b'},"\\u0074ype":"experiment.completed"}\n'),
    LINE.replace(b'"Hello"', b'"Hello","type":"x"'),
    LINE.replace(b'"Hello"', b'{"text":"Hello"}'),
    LINE.replace(b"Hello", b"Hel\nlo"),
    LINE.replace(b"Hello", b'Hel"lo'),
    LINE.replace(b"Hello", b"Hel\\xlo"),
    LINE.replace(b"Hello", b"\\ud800"),
    LINE.replace(b"Hello", b"\xff"),
    LINE.replace(b"Hello", b"\x00"),
    LINE.replace(b"Hello", b"\xed\xa0\x80"),
    LINE.replace(b'"response":0', b'"response":00'),
    LINE.replace(b'"response":0', b'"response":18446744073709551616'),
    LINE.replace(b"1234567890.123", b"1234567890."),
    LINE.replace(b"1234567890.123", b"0123"),
    LINE[:-1],
    LINE[:100],
    LINE.replace(b"{", b"{ ", 1),
    LINE.replace(b"\n", b"\r\n"),
]


def test_a_run_is_found_for_its_own_experiment_alone() -> None:
    assert Run(len(LINE), 1, 1234567890.123) == run_at(LINE, 0, "exp_1")
    assert run_at(LINE, 0, "exp_2") is None


def test_a_run_ends_where_something_else_begins() -> None:
    block = LINE * 3 + LINE.replace(b"exp_1", b"exp_2") + LINE
    assert Run(3 * len(LINE), 3, 1234567890.123) == run_at(block, 0, "exp_1")
    assert Run(len(block), 1, 1234567890.123) == run_at(block, 4 * len(LINE), "exp_1")


@pytest.mark.parametrize("line", LYING)
def test_a_line_that_is_not_exactly_one_goes_the_long_way(line: bytes) -> None:
    assert run_at(line, 0, "exp_1") is None
    run = run_at(LINE + line, 0, "exp_1")
    assert run is None or run.end == len(LINE)


@pytest.mark.parametrize("text", ["", "“q” é 文 \U0001f469", 'a "b" \\ / \b\f\n\r\t', "\x7f\u2028"])
def test_whatever_text_it_is_the_line_is_passed_over(text: str) -> None:
    line = LINE.replace(b'"Hello"', orjson.dumps(text))
    assert Run(len(line), 1, 1234567890.123) == run_at(line, 0, "exp_1")


@given(st.binary(max_size=8), st.integers(0, len(LINE)), st.integers(0, 8))
def test_what_is_passed_over_is_an_event_that_says_so(some: bytes, at: int, less: int) -> None:
    line = LINE[:at] + some + LINE[at + less :]
    run = run_at(line, 0, "exp_1")
    if run is not None:
        for part in line[: run.end].split(b"\n")[:-1]:
            event = decode(part)
            assert ("response.streaming", "exp_1", 1) == (event.type, event.experiment_id, event.v)
        assert run.timestamp == event.timestamp


@given(st.text(max_size=30).filter(bool))
def test_any_experiment_id_finds_its_own_lines_or_none(experiment_id: str) -> None:
    line = LINE.replace(b'"exp_1"', orjson.dumps(experiment_id))
    run = run_at(line, 0, experiment_id)
    assert run is None or decode(line).experiment_id == experiment_id


def test_the_lying_lines_are_what_the_codec_says() -> None:
    kinds = set()
    for line in LYING:
        try:
            kinds.add(decode(line).type)
        except BadLineError:
            kinds.add("bad")
    assert {"bad", "response.streaming", "response.completed", "experiment.completed"} == kinds
