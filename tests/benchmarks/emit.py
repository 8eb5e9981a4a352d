"""Prints how many events a second the store appends: durability batch, subscribers or none.

python tests/benchmarks/emit.py [EVENTS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.turns import ResponseStreaming, response_streaming
from pidgin_cli.store.event_store import Durability, EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.subscribers import MetricsSubscriber

ROUNDS = 5
DELTA = "some words that came from a model and were joined for a while, "


def nobody(event: Event) -> None:
    """Hear and forget."""


def drafts(count: int) -> list[Draft]:
    """Give deltas as a conversation has them, made before the clock runs."""
    return [
        response_streaming(
            ResponseStreaming(response=number // 20, index=number % 20, delta=DELTA),
            number // 40,
            "agent_a",
        )
        for number in range(count)
    ]


def rates(
    count: int, durability: Durability, listener: Callable[[Event], None] | None
) -> tuple[float, float]:
    """Give events a second by the clock, and by the CPU seconds of the whole process."""
    planned = drafts(count)
    with (
        tempfile.TemporaryDirectory() as place,
        EventStore(Folder(Path(place)), durability=durability) as store,
    ):
        if listener is not None:
            store.subscribe(listener)
        wall, cpu = time.perf_counter(), time.process_time()
        for draft in planned:
            store.append("exp_1", draft)
        return count / (time.perf_counter() - wall), count / (time.process_time() - cpu)


def main() -> None:
    """Print a line for each way to append, medians of five."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{count} events, median of {ROUNDS}: events a second, and a CPU second")
    ways: list[tuple[str, Durability, Callable[[Event], None] | None]] = [
        ("batch", "batch", None),
        ("none", "none", None),
        ("batch, somebody listens", "batch", nobody),
        ("batch, metrics", "batch", MetricsSubscriber()),
    ]
    for name, durability, listener in ways:
        measured = [rates(count, durability, listener) for _ in range(ROUNDS)]
        wall, cpu = (statistics.median(each) for each in zip(*measured, strict=True))
        print(f"{name:26}{wall:10,.0f}{cpu:10,.0f}")


if __name__ == "__main__":
    main()
