from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from pidgin_cli.events.event import Event
from pidgin_cli.filters.pace import pace


@dataclass
class Time:
    """A clock that goes on only when somebody sleeps, or as long as the reader takes."""

    now: float = 50.0
    slept: list[float] = field(default_factory=list)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


def events(*timestamps: float) -> list[Event]:
    return [Event("odd.happened", "exp_1", "", each, None, None, {}) for each in timestamps]


def times_of(
    time: Time, timestamps: list[float], speed: float = 1.0, busy: dict[int, float] | None = None
) -> list[float]:
    """Give when each event came, where the reader is busy for a while after some of them."""
    came = []
    paced = pace(events(*timestamps), speed, idle=list, monotonic=time.monotonic, sleep=time.sleep)
    for number, _ in enumerate(paced):
        came.append(round(time.now - 50.0, 6))
        time.now += (busy or {}).get(number, 0.0)
    return came


@pytest.mark.parametrize(
    ("speed", "came"), [(1, [0, 2, 2.5]), (10, [0, 0.2, 0.25]), (0.5, [0, 4, 5])]
)
def test_events_come_in_their_own_time_or_a_multiple_of_it(speed: float, came: list[float]) -> None:
    assert came == times_of(Time(), [100.0, 102.0, 102.5], speed)


def test_time_that_goes_back_is_no_time() -> None:
    assert [0, 2, 2, 3] == times_of(Time(), [100.0, 102.0, 90.0, 91.0])


def test_a_reader_that_is_a_little_slow_does_not_delay_what_follows() -> None:
    assert [0, 1, 2, 3] == times_of(Time(), [100.0, 101.0, 102.0, 103.0], busy={0: 0.4, 1: 0.9})


def test_time_that_a_stopped_process_lost_is_not_made_up_for() -> None:
    assert [0, 600, 601, 602] == times_of(Time(), [100.0, 101.0, 102.0, 103.0], busy={0: 600})


def test_what_waits_for_stdout_is_written_before_every_wait() -> None:
    time, seen = Time(), []
    paced = pace(
        events(1.0, 2.0, 2.0, 3.0),
        1.0,
        idle=lambda: seen.append(time.now),
        monotonic=time.monotonic,
        sleep=time.sleep,
    )
    assert 4 == len(list(paced))
    assert [50.0, 51.0] == seen
