"""Clocks that are wrong, set back or set forward: what is recorded stays in order and in use."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.pipes.processes import Home, Outcome, events_of

FALSE = """
import sys, time
begin, jump, at = map(float, sys.argv.pop(1).split(","))
started, asked = time.monotonic(), 0
def false_time():
    global asked
    asked += 1
    return begin + (jump if asked > at else 0.0) + time.monotonic() - started
time.time = false_time
time.time_ns = lambda: int(false_time() * 1e9)
from pidgin_cli.__main__ import main
main()
"""
"""Runs the program with a clock that begins at a time, and jumps after it was asked so often."""
HOUR, YEAR = 3600.0, 366 * 86_400.0
NOW, SUMMER, CENTURY = 1_893_456_000.0, 1_932_598_790.0, 4_102_444_800.0
"""The beginning of 2030; ten seconds before the clocks of Berlin are put forward; 2100."""
CLOCKS = {
    "1970": (0.0, 0.0, 0),
    "2100": (CENTURY, 0.0, 0),
    "set back by an hour": (NOW, -HOUR, 25),
    "set forward by years": (NOW, 40 * YEAR, 25),
}
ZONES = ("Europe/Berlin", "ODD-14:37:11SUMMER,0/0,365/25")
SECONDS = ("duration", "elapsed", "time_to_first_chunk", "retry_in")


def with_clock(home: Home, clock: tuple[float, float, int], *arguments: str) -> Outcome:
    wrong = ",".join(map(str, clock))
    return home.outcome_of([sys.executable, "-c", FALSE, wrong, *arguments])


def seconds_in(data: Any) -> Iterator[float]:
    """Give every length of time in a payload."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name in SECONDS and value is not None:
                yield value
            else:
                yield from seconds_in(value)


@pytest.mark.parametrize("zone", ZONES)
def test_a_time_zone_changes_nothing(home: Home, zone: str) -> None:
    summer = (SUMMER, 0.0, 0)
    home.environ["TZ"] = zone
    log = with_clock(home, summer, "run", "-t", "2", "--seed", "1", "--id", "x").out
    assert sorted(event["timestamp"] for event in events_of(log))[0] >= SUMMER
    as_table = ("export", "x", "-f", "csv", "--table", "events")
    for command in (("transcript", "x"), ("query", "summary"), as_table):
        home.environ["TZ"] = zone
        local = with_clock(home, summer, *command)
        home.environ["TZ"] = "UTC"
        assert (0, local.out) == (local.status, with_clock(home, summer, *command).out)


@pytest.mark.parametrize("name", CLOCKS)
def test_what_is_recorded_is_in_order_and_in_use(home: Home, name: str) -> None:
    clock = CLOCKS[name]
    done = with_clock(home, clock, "run", "-t", "5", "--seed", "1", "--id", "x")
    assert (0, "") == (done.status, done.err)
    times = [event["timestamp"] for event in done.events]
    assert [] == [pair for pair in pairwise(times) if pair[1] < pair[0]]
    # How long an experiment took is what its events say of the clock; all else is measured.
    most = {True: CENTURY, False: HOUR}
    for event in done.events:
        limit = most[event["type"].startswith("experiment.")]
        assert [] == [each for each in seconds_in(event["data"]) if not 0 <= each < limit]
    for command in (
        ("query", "usage", "--since", "1h"),
        ("list",),
        ("transcript", "x", "-f", "html"),
        ("compress", "x", "-q"),
        ("index",),
        ("check", "x", "-q"),
    ):
        outcome = with_clock(home, clock, *command)
        assert (0, "") == (outcome.status, outcome.err), command
    assert done.out == with_clock(home, clock, "replay", "x", "--speed", "max").out
    shown = with_clock(home, clock, "tail", "x", "-n", "all", "--no-follow", "--format", "jsonl")
    assert done.out == shown.out


@pytest.mark.parametrize("name", ["1970", "set back by an hour"])
def test_a_run_that_paused_under_a_clock_that_was_ahead_goes_on(home: Home, name: str) -> None:
    ahead = (CENTURY + YEAR, 0.0, 0)
    short = ("--max-tokens-a", "50", "--max-tokens-b", "50", "-t", "4", "--seed", "1")
    budget = ("--max-tokens", "600", "--on", "tokens=pause")
    paused = with_clock(home, ahead, "run", *short, *budget, "--id", "x")
    assert 4 == paused.status, paused.err
    more = ("run", "--resume", "x", "--max-tokens", "100000")
    resumed = with_clock(home, CLOCKS[name], *more)
    assert 0 == resumed.status, resumed.err
    times = [event["timestamp"] for event in paused.events + resumed.events]
    assert sorted(times) == times
    assert 0 == home.run("check", "x", "-q").status
