"""Reading past pieces of text: whoever reads messages sees no difference."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.store.reader import BadLine, read_events
from pidgin_cli.store.skim import PIECES, WAITS, skim_events
from pidgin_cli.views.markdown import markdown
from tests.views.logs import LOGS, log


def skimmed(
    data: bytes, size: int = 1 << 18, kinds: frozenset[str] = WAITS
) -> tuple[list[Event], list[BadLine]]:
    bad: list[BadLine] = []
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    return [*skim_events(blocks, "log", bad.append, kinds=kinds)], bad


def read(data: bytes) -> tuple[list[Event], list[BadLine]]:
    bad: list[BadLine] = []
    return [*read_events([data], "log", bad.append)], bad


def types(events: Iterable[Event]) -> list[str]:
    return [event.type for event in events]


@pytest.mark.parametrize("name", LOGS)
def test_all_but_pieces_come_in_their_order(name: str) -> None:
    events, bad = skimmed(log(name))
    whole = [event for event in read(log(name))[0] if event.type not in WAITS]
    assert ([event for event in events if event.type not in WAITS], bad) == (whole, [])


@pytest.mark.parametrize("name", LOGS)
def test_the_fold_of_what_is_left_is_the_same(name: str) -> None:
    assert (
        Conversation.of(read(log(name))[0]).messages
        == Conversation.of(skimmed(log(name))[0]).messages
    )


def test_a_response_that_ends_without_its_number_has_the_one_with_which_it_began() -> None:
    data = re.sub(rb'("response.completed".*?)"response":[0-9]+,', rb"\1", log("complete"))
    data = data.replace(b'"response":0', b'"response":70')
    assert Conversation.of(read(data)[0]).messages == Conversation.of(skimmed(data)[0]).messages


def test_pieces_of_a_whole_response_are_left_out() -> None:
    left = set(types(skimmed(log("complete"))[0]))
    assert left & WAITS == {"context.usage"}
    assert set(types(skimmed(log("complete"), kinds=PIECES)[0])) & PIECES == set()


def test_pieces_of_a_response_that_was_cut_come_before_what_shows_it() -> None:
    came = types(skimmed(log("crashed"))[0])
    assert came[2:7] == [
        "api.call.started",
        "response.started",
        "response.streaming",
        "response.streaming",
        "experiment.resumed",
    ]
    assert came[-2:] == ["response.started", "response.streaming"]


def test_a_response_that_another_one_cut_is_given() -> None:
    lines = log("complete").split(b"\n")
    begun = lines[3:5]
    data = b"\n".join([*lines[:5], *begun, *lines[5:]])
    assert types(skimmed(data)[0]).count("response.started") == 2
    assert "cut off here" in "".join(markdown(skimmed(data)[0]))


def test_pieces_of_an_experiment_that_did_not_begin_here_are_read() -> None:
    middle = log("complete").split(b"\n", 2)[2]
    assert types(read(middle)[0]) == types(skimmed(middle)[0])


DELTA = log("complete").split(b"\n")[4]
assert b"response.streaming" in DELTA


@pytest.mark.parametrize(
    "line",
    [
        DELTA.replace(b'"type"', b'"type":"turn.started","type"', 1),
        DELTA.replace(b'"delta":', b'"delta":"x","delta":'),
        DELTA.replace(b"}}", b'},"type":"response.completed"}'),
        DELTA.replace(b"Ants", b"A\\u006ets"),
        DELTA.replace(b'"index"', b'"index":1,"index"'),
        DELTA.replace(b'"v":1', b'"v":2'),
        DELTA.replace(b'"response":0', b'"response":18446744073709551616'),
        DELTA.replace(b"Ants", b"A\xffs"),
        DELTA.replace(b"Ants", b"A\x01s"),
        DELTA.replace(b"Ants", b"A\\xs"),
        DELTA.replace(b"Ants", b"\\ud800"),
        DELTA[:-5],
        b"",
        b"  ",
        b"null",
    ],
)
def test_a_line_that_is_odd_is_read_or_told_of_as_ever(line: bytes) -> None:
    lines = log("complete").split(b"\n")
    data = b"\n".join([*lines[:4], line, *lines[5:]])
    events, bad = skimmed(data)
    whole, whole_bad = read(data)
    assert bad == whole_bad
    assert "".join(markdown(events)) == "".join(markdown(whole))


def test_a_torn_end_is_told_of_unless_somebody_writes() -> None:
    data = log("complete")[:4400]
    assert read(data)[1] == skimmed(data)[1]
    bad: list[BadLine] = []
    assert list(skim_events([data], "log", bad.append, growing=True))
    assert bad == []


@given(st.integers(1, 3000))
def test_it_is_the_same_wherever_blocks_are_cut(size: int) -> None:
    data = log("crashed") + b"bad\n" + log("complete")
    assert skimmed(data, size) == skimmed(data)


def test_experiments_that_are_mixed_keep_their_pieces_apart() -> None:
    first, second = log("crashed").split(b"\n")[:-1], log("interrupted").split(b"\n")[:-1]
    mixed = b"\n".join(line for pair in zip(first, second, strict=False) for line in pair) + b"\n"
    for name in ("exp_crashed", "exp_interrupted"):
        mine = [event for event in skimmed(mixed)[0] if event.experiment_id == name]
        whole = [event for event in read(mixed)[0] if event.experiment_id == name]
        assert "".join(markdown(mine)) == "".join(markdown(whole))
