"""How many events a second the store appends, from one thread: each one written as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from figures import Figure, alone, at_least
from measuring import Bench, Taken

from pidgin_cli.config.settings import Durability
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.turns import ResponseStreaming, response_streaming
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.subscribers import MetricsSubscriber

EVENTS = 50_000
DELTA = "some words that came from a model and were joined for a while, "
Listener = Callable[[Event], None]


def nobody(event: Event) -> None:
    """Hear and forget."""


WAYS: dict[str, tuple[Durability, Listener | None]] = {
    "emit, durability batch": ("batch", None),
    "emit, durability none": ("none", None),
    "emit, batch, somebody listens": ("batch", nobody),
    "emit, batch, metrics": ("batch", MetricsSubscriber()),
}


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


def appending(
    bench: Bench, planned: list[Draft], durability: Durability, listener: Listener | None
) -> Taken:
    """Give what it takes to append the events, in this process."""
    folder = Folder(bench.folder("emitted"))
    with EventStore(folder, durability=durability) as store:
        if listener is not None:
            store.subscribe(listener)
        wall, cpu = time.perf_counter(), time.process_time()
        for draft in planned:
            store.append("exp_1", draft)
        return Taken(time.perf_counter() - wall, time.process_time() - cpu)


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure each way to append."""
    planned = drafts(int(EVENTS * bench.scale))
    found = bench.race(
        {name: partial(appending, bench, planned, *way) for name, way in WAYS.items()}
    )
    for name, (durability, listener) in WAYS.items():
        asked = at_least(40_000) if (durability, listener) == ("batch", None) else None
        yield alone(name, len(planned) / found[name].wall, " events a second", asked)
