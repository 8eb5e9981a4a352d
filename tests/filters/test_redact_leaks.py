"""Leaks that were found by attack, each until it is closed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.filters.redaction.leaks import leaked, leaked_events
from tests.filters.redaction.planted import planted
from tests.filters.redaction.planted_events import PLACES, line
from tests.filters.redaction.redacting import CONTENT, FAMILIAR, line_by_line, redacted

GITHUB = next(each for each in planted() if each.kind == "github").text
HOMES = [each for each in planted() if each.kind in ("url", "home", "windows_home", "file_address")]


def streamed(text: str, **others: Any) -> bytes:
    pieces = (text[:15], text[15:30], text[30:])
    return b"".join(
        line("response.streaming", {"response": 0, "index": index, "delta": piece}, **others)
        for index, piece in enumerate(pieces)
    )


@pytest.mark.parametrize("through", [redacted, line_by_line])
def test_deltas_of_an_unknown_version_are_one_text_too(through: Any):
    assert [] == leaked_events(through(streamed(f"say {GITHUB} ok", v=2), FAMILIAR), GITHUB)


@pytest.mark.parametrize(
    "place", ["the model of an agent", "the id of an experiment", "what led to an experiment"]
)
@pytest.mark.parametrize("each", HOMES, ids=lambda each: each.kind)
@pytest.mark.parametrize("form", ["as it is", "hex"])
def test_a_name_that_passes_is_no_address_and_no_path(place: str, each: Any, form: str):
    text = each.text if form == "as it is" else each.text.encode().hex()
    assert [] == leaked_events(redacted(PLACES[place](text), CONTENT), each.secret)


@pytest.mark.parametrize("through", [redacted, line_by_line])
@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        ("response.streaming", lambda text: {"response": 0, "text": text}),
        ("response.streaming", lambda text: {"response": 0, "delta": {"text": text}}),
        ("content_block_delta", lambda text: {"delta": text}),
        ("content_block_delta", lambda text: {"delta": {"type": "text_delta", "text": text}}),
    ],
)
def test_pieces_of_a_text_that_are_not_known_as_such_go_whole(through: Any, kind: str, piece: Any):
    text = f"say {GITHUB} ok"
    lines = b"".join(line(kind, piece(each)) for each in (text[:15], text[15:30], text[30:]))
    assert [] == [
        each for each in _joined_strings(through(lines, FAMILIAR)) if leaked(each, GITHUB)
    ]


def _joined_strings(lines: bytes) -> list[str]:
    """Give all strings of all payloads, one after the other."""
    return ["".join(_strings(json.loads(each)["data"]) for each in lines.splitlines())]


def _strings(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(map(_strings, value.values()))
    return value if isinstance(value, str) else ""
