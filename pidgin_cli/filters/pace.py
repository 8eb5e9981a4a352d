"""Pacing: events in the time in which they were recorded, or a multiple of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from pidgin_cli.events.event import Event

LATE = 1.0
"""Seconds past which the time that was lost, as by a process that was stopped, stays lost."""


def pace(
    events: Iterable[Event],
    speed: float,
    *,
    idle: Callable[[], None],
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Event]:
    """Give the events of one log in their own time, `speed` times as fast; holds one of them.

    The time of each follows from the first one, so that waiting never adds up. Time that goes back
    in the log is no time.

    Args:
        idle: is called before every wait.
    """
    began, passed, last = monotonic(), 0.0, None
    for event in events:
        if last is not None:
            passed += max(0.0, event.timestamp - last) / speed
        last = event.timestamp
        wait = began + passed - monotonic()
        if wait > 0:
            idle()
            sleep(wait)
        elif wait < -LATE:
            began -= wait
        yield event
