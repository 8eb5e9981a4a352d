from __future__ import annotations

import os
import pty
from typing import Any

import orjson
import pytest

from tests.cli.conftest import Program
from tests.pipes.processes import events_of

RUN = ("-t", "6", "-a", "sim:echo", "-b", "sim:echo", "--seed", "7")


@pytest.fixture
def echoes(pidgin: Program) -> bytes:
    return pidgin("run", *RUN, "--id", "exp_1").out


def attractors(data: bytes) -> list[int]:
    return [e["turn_number"] for e in events_of(data) if e["type"] == "attractor.detected"]


def scores(data: bytes) -> list[tuple[float, str]]:
    found = [e["data"] for e in events_of(data) if e["type"] == "convergence.measured"]
    return [(each["score"], each["detector"]["profile"]) for each in found]


def test_a_log_that_is_detected_again_is_the_same_byte_for_byte(
    pidgin: Program, echoes: bytes
) -> None:
    assert len(scores(echoes)) == 6
    assert (0, echoes, "") == pidgin("detect", input=echoes).told
    assert (0, echoes, "") == pidgin("detect", "exp_1").told
    assert (0, echoes + echoes, "") == pidgin("detect", "-", "exp_1", input=echoes).told


@pytest.mark.parametrize(
    ("options", "turns"),
    [
        (("--check-interval", "1", "--threshold", "2"), [1, 2, 3, 4, 5]),
        (("--check-interval", "3"), [2, 5]),
        (("--window", "2"), []),
        (("--threshold", "6"), []),
    ],
)
def test_an_option_changes_which_attractors_there_are(
    pidgin: Program, echoes: bytes, options: tuple[str, ...], turns: list[int]
) -> None:
    assert turns == sorted(set(attractors(pidgin("detect", *options, "exp_1").out)))


def test_a_foreign_profile_without_weights_counts_as_the_usual_one(
    pidgin: Program, echoes: bytes
) -> None:
    foreign = echoes.replace(b'"profile":"balanced"', b'"profile":"custom"')
    assert foreign != echoes
    again = pidgin("detect", input=foreign)
    assert (0, scores(echoes), "") == (again.status, scores(again.out), again.err)


def test_a_profile_gives_other_scores(pidgin: Program) -> None:
    terse = pidgin("run", "-t", "2", "-a", "sim:terse", "--seed", "7", "--id", "exp_1").out
    again = scores(pidgin("detect", "--profile", "form", "exp_1").out)
    assert {"form"} == {profile for _, profile in again}
    assert [s for s, _ in again] != [s for s, _ in scores(terse)]


def test_only_leaves_the_other_kind_as_it_is(pidgin: Program, echoes: bytes) -> None:
    again = pidgin("detect", "--only", "attractor", "--window", "2", "--profile", "form", "exp_1")
    assert ([], scores(echoes)) == (attractors(again.out), scores(again.out))


def test_a_kind_that_is_misspelt_is_refused(pidgin: Program) -> None:
    said = "pidgin: --only 'atractor': there are convergence, attractor; did you mean attractor?\n"
    assert (2, b"", said) == pidgin("detect", "--only", "convergence,atractor", "-").told


def test_configured_weights_count_where_nothing_was_recorded(pidgin: Program) -> None:
    (pidgin.root / "pidgin.yaml").write_text(
        "conversation: {convergence: {profile: custom, weights: {length: 1}}}\n"
    )
    lines = b"".join(
        orjson.dumps(
            {"type": kind, "experiment_id": "e", "turn_number": 0, "agent_id": who, "data": data}
        )
        + b"\n"
        for kind, who, data in FOREIGN
    )
    assert [(0.5, "custom")] == scores(pidgin("detect", input=lines).out)


FOREIGN: list[tuple[str, str | None, dict[str, Any]]] = [
    ("turn.started", None, {}),
    ("response.completed", "agent_a", {"content": "one two"}),
    ("response.completed", "agent_b", {"content": "one"}),
    ("turn.completed", None, {}),
]


def test_redacted_words_leave_the_detections_alone_and_are_told_of(
    pidgin: Program, echoes: bytes
) -> None:
    redacted = b"".join(
        orjson.dumps(
            {**event, "data": {**event["data"], "content": "[REDACTED]"}}
            if event["type"] == "response.completed"
            else event
        )
        + b"\n"
        for event in events_of(echoes)
    )
    outcome = pidgin("detect", "--profile", "style", input=redacted)
    said = "pidgin: exp_1: its words were redacted, so its detections were left alone\n"
    assert (3, said) == (outcome.status, outcome.err)
    assert scores(echoes) == scores(outcome.out)


def test_bad_lines_are_told_of_and_left_out(pidgin: Program, echoes: bytes) -> None:
    outcome = pidgin("detect", input=b"no\n" + echoes)
    assert (3, echoes) == (outcome.status, outcome.out)
    assert outcome.err.startswith("pidgin: stdin: line 1, byte 0: not JSON")


def test_a_terminal_is_no_stdin_to_filter(pidgin: Program) -> None:
    ours, theirs = pty.openpty()
    before = os.dup(0)
    os.dup2(theirs, 0)
    try:
        outcome = pidgin.plain("detect")
    finally:
        os.dup2(before, 0)
        for descriptor in (ours, theirs, before):
            os.close(descriptor)
    assert (2, b"") == outcome.told[:2]
    assert outcome.err.startswith("pidgin: stdin is a terminal; pipe events in")
