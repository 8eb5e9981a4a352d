"""What can be said of an experiment without reading all of its log."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pidgin_cli.errors import StoreError, UnknownExperimentError
from pidgin_cli.events.event import Event
from pidgin_cli.store import identity, lock
from pidgin_cli.store.folder import ARCHIVE_SUFFIX, Folder
from pidgin_cli.store.reader import BadLine, file_blocks, last_events, read_events

State = Literal["running", "paused", "completed", "failed", "crashed", "unknown"]
STATES: tuple[State, ...] = ("running", "paused", "completed", "failed", "crashed", "unknown")

_FIRST, _LAST = 1, 64
"""Events that are read from the beginning and from the end of a log."""


@dataclass(frozen=True, slots=True)
class Overview:
    """An experiment at a glance.

    Args:
        turns: turns that were completed.
        cost_usd: dollars spent up to the last turn; None where it is not known.
        size: bytes of the file.
        started, updated: Unix seconds of the first and the last event.
    """

    experiment_id: str
    state: State
    group: str | None
    labels: Mapping[str, str]
    turns: int
    cost_usd: float | None
    size: int
    started: float
    updated: float
    path: Path


def overview(folder: Folder, experiment_id: str) -> Overview:
    """Give an overview of an experiment, from the ends of its log.

    Raises:
        UnknownExperimentError: it is not, or no longer, in the folder.
    """
    path = folder.find(experiment_id)
    if path is None:
        raise UnknownExperimentError(f"no experiment {experiment_id} in {folder.root}")
    try:
        first, last = _ends(path)
        size = path.stat().st_size
    except FileNotFoundError:
        raise UnknownExperimentError(f"experiment {experiment_id} went away") from None
    events = [*first, *last]
    started = events[0].data if events and events[0].type == "experiment.started" else {}
    return Overview(
        experiment_id,
        state(path, events),
        started.get("group"),
        started.get("labels") or {},
        _turns(last),
        _cost(last),
        size,
        events[0].timestamp if events else path.stat().st_mtime,
        events[-1].timestamp if events else path.stat().st_mtime,
        path,
    )


def state(path: Path, events: Iterable[Event]) -> State:
    """Say what an experiment is doing, from its lock and the last events of its log.

    Locked means running. Unlocked without a last word means crashed, unless another machine or
    another boot of this one wrote it: then its lock could not be seen from here.
    """
    if is_locked(path):
        return "running"
    last: State = "crashed"
    paused = False
    writer: Mapping[str, Any] = {}
    for event in events:
        match event.type:
            case "experiment.started" | "experiment.resumed":
                last, paused, writer = "crashed", False, event.data.get("writer") or {}
            case "experiment.completed":
                last = "completed"
            case "experiment.failed":
                last = "failed"
            case "pause.requested":
                paused = True
            case "checkpoint.saved" if paused:
                last = "paused"
    if last == "crashed" and writer and not _here(writer):
        return "unknown"
    return last


def is_locked(path: Path) -> bool:
    """Say whether somebody writes this log now. Asking never hinders a writer."""
    if path.name.endswith(ARCHIVE_SUFFIX):
        return False
    # Only the systems where asking takes the lock need a file that is open for writing.
    descriptor = os.open(path, (os.O_RDWR if lock.ASKING_TAKES else os.O_RDONLY) | os.O_CLOEXEC)
    try:
        return lock.is_held(descriptor)
    finally:
        os.close(descriptor)


def _ends(path: Path) -> tuple[list[Event], list[Event]]:
    """Give the first event and the last ones; of a short log or an archive, all but the first."""
    reading = read_events(file_blocks(path), str(path), _ignore, growing=True)
    first = list(islice(reading, _FIRST))
    if not path.name.endswith(ARCHIVE_SUFFIX):
        last = last_events(path, _LAST)
        return first, [event for event in last if event.id not in {e.id for e in first}]
    last = []
    with suppress(StoreError):
        for event in reading:
            last.append(event)
            del last[:-_LAST]
    return first, last


def _turns(events: Iterable[Event]) -> int:
    turns = 0
    for event in events:
        if event.type == "turn.completed":
            turns = (event.turn_number or 0) + 1
        elif event.turn_number is not None:
            turns = max(turns, event.turn_number)
        elif type(event.data.get("turns")) is int:
            turns = event.data["turns"]
    return turns


def _cost(events: Iterable[Event]) -> float | None:
    cost = None
    for event in events:
        if event.type in ("turn.completed", "experiment.completed", "experiment.failed"):
            cost = event.data.get("cost_usd")
    return cost


def _here(writer: Mapping[str, Any]) -> bool:
    return writer.get("host") == identity.host() and writer.get("boot") == identity.boot()


def _ignore(bad: BadLine) -> None:
    """Leave bad lines to those who read the whole log."""
