from __future__ import annotations

from itertools import pairwise
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.codec import decode
from pidgin_cli.filters.redaction.taking import Seen
from tests.filters.redaction.planted_events import encoded, line, streamed
from tests.filters.redaction.redacting import (
    ALL_OPTIONS,
    CONTENT,
    all_good,
    contents,
    deltas,
    line_by_line,
    literal,
    redacted,
    redactor,
)

SECRET = "Zebra-7731"
options = st.sampled_from(sorted(ALL_OPTIONS)).map(ALL_OPTIONS.__getitem__)
words = st.text(max_size=30).filter(lambda text: text.isprintable())
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
kinds = st.sampled_from(["response.completed", "api.call.failed", "experiment.started", "odd.kind"])


turns = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ("context.usage", {"model": "sim:echo", "tokens_used": 3, "percentage": 0.2}),
                ("api.call.started", {"provider": "sim", "parameters": {"asked": {"seed": 1}}}),
                ("response.started", {"model": "sim:echo"}),
                ("response.streaming", {"index": 0, "delta": "Deep “currents” of "}),
                ("response.streaming", {"index": 1, "delta": "Zebra"}),
                ("response.streaming", {"index": 2, "delta": '-7731 and\n"more"'}),
                ("response.streaming", {}),
                ("stream.chunk.received", {"index": 0, "chars": 5, "elapsed": 0.1}),
                ("api.call.completed", {"model": "sim:echo", "request_id": "req_1"}),
                ("response.completed", {"content": "Deep “currents” of ", "tokens": 3}),
                ("response.completed", {"content": "Deep “currents” of Zebra", "length": 24}),
                ("response.completed", {"content": "odd", "more": "Zebra-7731"}),
                ("turn.completed", {"duration": 0.5}),
                ("turn.started", {}),
            ]
        ),
        st.integers(0, 1),
        st.sampled_from(["9f2c41d07be35a68-000017", "9f2c41d07be35a68-000018", "odd"]),
    ),
    max_size=16,
)


def pieces_of(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    return [text[start:end] for start, end in pairwise(places)]


@given(st.binary(max_size=200), options)
def test_any_bytes_give_valid_json_or_a_place(data: bytes, asked: Any) -> None:
    told: list[Seen] = []
    redact = redactor(asked)
    lines = redact.lines(data, told.append) + redact.rest()
    for each in lines:
        decode(each)
    (seen,) = told
    assert (seen.size, seen.lines) == (len(data), len(data.split(b"\n")) - (data[-1:] in b"\n"))
    assert all(data.count(b"\n", 0, bad.place) == bad.line for bad in seen.bad)
    assert len(lines) + len(seen.bad) <= seen.lines


@given(turns, options | st.sampled_from([literal("Zebra"), literal("9f2c")]))
def test_lines_that_come_together_are_redacted_as_those_that_come_one_by_one(
    drawn: list[tuple[tuple[str, dict[str, Any]], int, str]], asked: Any
) -> None:
    lines = [
        line(kind, {"response": response, **data} if kind[0] in "ars" else data, id=number)
        for (kind, data), response, number in drawn
    ]
    redact = redactor(asked)
    apart = [piece for each in lines for piece in redact.lines(each, all_good)]
    assert redacted(b"".join(lines), asked) == b"".join(apart + redact.rest())


@given(words, words, st.lists(st.integers(0, 100), max_size=6))
def test_a_secret_in_pieces_never_shows_in_the_joined_deltas(
    before: str, after: str, cuts: list[int]
) -> None:
    pieces = pieces_of(f"{before} {SECRET} {after}", cuts)
    for way in (redacted, line_by_line):
        out = way(streamed(pieces), literal(SECRET))
        assert SECRET not in "".join(deltas(out))
        assert "".join(deltas(out)) == contents(out)[0]
        assert len(deltas(out)) == len(pieces)


@given(kinds, st.dictionaries(st.text(max_size=12), values, max_size=4), options)
def test_any_event_is_redacted_twice_as_it_is_once(
    kind: str, data: dict[str, Any], asked: Any
) -> None:
    once = redacted(line(kind, data), asked)
    assert redacted(once, asked) == once


@given(kinds, st.dictionaries(st.text(max_size=12), values, max_size=4), st.text(max_size=10))
def test_a_text_that_is_nowhere_in_the_format_is_gone_without_content(
    kind: str, data: dict[str, Any], key: str
) -> None:
    event = orjson.loads(line(kind, {**data, key: [SECRET, {SECRET: SECRET}]}))
    assert SECRET.encode() not in redacted(encoded({**event, "more": SECRET}), CONTENT)
