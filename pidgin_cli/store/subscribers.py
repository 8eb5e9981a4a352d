"""Those who listen to a store: each has a queue and a thread, and none can hold a run up."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pidgin_cli.events import payload
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.files.descriptors import write_all

Listener = Callable[[Event], None]
Complaint = Callable[[str], None]

PENDING = 100_000
"""Events that may wait for one listener; those past that are counted and left out."""


def complain(message: str) -> None:
    """Tell a person on stderr, if anybody is there."""
    with suppress(OSError, ValueError):
        # Where stderr is closed there is none, and print would write to stdout.
        if sys.stderr is not None:
            sys.stderr.write(f"pidgin: {message}\n")


class Subscription:
    """One listener: hears every event in order, in a thread of its own.

    A listener that raises is reported once and heard no more. One that is slower than the run
    falls behind; past `PENDING` events it misses some and is told so, and replay has them all.
    """

    def __init__(self, listener: Listener, report: Complaint = complain) -> None:
        self.dropped = False
        self._listener = listener
        self._report = report
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._missed = False
        self._thread = threading.Thread(target=self._run, name="subscriber", daemon=True)
        self._thread.start()

    def offer(self, event: Event) -> None:
        """Put an event into the queue, without ever waiting."""
        if self.dropped:
            return
        if self._events.qsize() < PENDING:
            self._events.put(event)
        elif not self._missed:
            self._missed = True
            self._report(
                f"a subscriber is {PENDING} events behind and misses some; replay has them"
            )

    def close(self, timeout: float | None = None) -> None:
        """Wait until everything in the queue was heard, `timeout` seconds at the most."""
        self.dropped = True
        self._events.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            try:
                self._listener(event)
            except BaseException as error:  # noqa: BLE001 - what it raises is the listener's own
                self.dropped = True
                self._report(f"a subscriber was dropped: {type(error).__name__}: {error}")
                return


class FileSubscriber:
    """Appends every event to a file of one's own; one that it makes is for its owner alone."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)

    def __call__(self, event: Event) -> None:
        """Write the event's line."""
        write_all(self._descriptor, encode(event))

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


_COUNTED = {
    "experiment.started": "experiments_started",
    "experiment.completed": "experiments_completed",
    "experiment.failed": "experiments_failed",
    "turn.completed": "turns",
    "response.interrupted": "interruptions",
    "attractor.detected": "attractors",
    "api.call.failed": "failed_calls",
}


class MetricsSubscriber:
    """Counts what happened so far, over all experiments of the store.

    `counts` holds experiments_started, experiments_completed, experiments_failed, turns,
    interruptions, attractors and failed_calls. Calls that somebody cancelled did not fail.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(dict.fromkeys(_COUNTED.values(), 0))
        self.usage = Usage()
        self.cost_usd = 0.0

    def __call__(self, event: Event) -> None:
        """Take in the next event."""
        name = _COUNTED.get(event.type)
        if name is not None and not _cancelled(event):
            self.counts[name] += 1
        if event.type.startswith("api.call."):
            self.usage += Usage.of(event.data.get("usage"))
            self.cost_usd += payload.number(event.data, "cost_usd") or 0.0


def _cancelled(event: Event) -> bool:
    return event.type == "api.call.failed" and payload.error(event.data).get("kind") == "cancelled"
