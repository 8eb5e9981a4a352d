"""What can be said of an experiment without reading all of its log."""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from pidgin_cli.errors import StoreError, UnknownExperimentError
from pidgin_cli.events import payload
from pidgin_cli.events.event import Event
from pidgin_cli.events.lines import split_lines
from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.store import identity
from pidgin_cli.store.archive import the_ends
from pidgin_cli.store.folder import ARCHIVE_SUFFIX, Folder, standing
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.reader import file_blocks, ignore, last_lines, read_events

State = Literal["running", "paused", "completed", "failed", "crashed", "unknown"]
STATES: tuple[State, ...] = get_args(State)

_LAST = 64
"""Events that are read from the end of a log; of its beginning, only the first one is."""

_SAYS_WHO_WRITES = re.compile(rb'"experiment\.(started|resumed)"')


class Overview(NamedTuple):
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
        return _overview(experiment_id, path)
    except (FileNotFoundError, StoreError):
        if folder.find(experiment_id) == path:
            raise
        # It was packed, unpacked or removed since it was found.
        return overview(folder, experiment_id)


def overviews(folder: Folder) -> Iterator[Overview]:
    """Give an overview of each experiment that is there, by their ids.

    Of a log that may not be read, nobody can say more than that it is there.
    """
    for experiment_id, found in folder.files().items():
        path = standing(found)
        # One that was removed since the folder was read is not there to be listed.
        with suppress(UnknownExperimentError):
            if os.access(path, os.R_OK):
                yield overview(folder, experiment_id)
            else:
                yield from _unreadable(experiment_id, path)


def _unreadable(experiment_id: str, path: Path) -> Iterator[Overview]:
    with suppress(FileNotFoundError):
        status = path.stat()
        size, then = status.st_size, status.st_mtime
        yield Overview(experiment_id, "unknown", None, {}, 0, None, size, then, then, path)


def _overview(experiment_id: str, path: Path) -> Overview:
    was_written = is_locked(path)
    events = _ends(path)
    status = path.stat()
    now = state(path, events)
    if now in ("crashed", "unknown"):
        # Its writer may have come to an end after the log was read, or may not be the first one.
        now = "running" if was_written else state(path, chain(_resumptions(path), events[1:]))
    first = events[0] if events else None
    started = first.data if first is not None and first.type == "experiment.started" else {}
    labels = payload.mapping(started, "labels")
    return Overview(
        experiment_id,
        now,
        payload.text(started, "group"),
        {name: payload.text(labels, name) or "" for name in labels},
        _turns(events),
        _cost(events),
        status.st_size,
        events[0].timestamp if events else status.st_mtime,
        events[-1].timestamp if events else status.st_mtime,
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
                last, paused, writer = "crashed", False, payload.mapping(event.data, "writer")
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
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return LOCK.is_held(descriptor)
    finally:
        os.close(descriptor)


def _ends(path: Path) -> list[Event]:
    """Give the first event and the last ones, among which the first one may be again."""
    if path.name.endswith(ARCHIVE_SUFFIX):
        return _ends_of_archive(path)
    first = islice(_events(path, file_blocks(path)), 1)
    lines, _ = last_lines(path, _LAST)
    return [*first, *_events(path, lines)]


def _ends_of_archive(path: Path) -> list[Event]:
    """Give the first event and the last ones; of a damaged archive, of those that are whole."""
    first: list[Event] = []
    last: deque[Event] = deque(maxlen=_LAST)
    with suppress(StoreError):
        events = _events(path, file_blocks(path, the_ends(path)))
        first.extend(islice(events, 1))
        last.extend(events)
    return [*first, *last]


def _resumptions(path: Path) -> Iterator[Event]:
    """Give the events that say who writes a log, from all of it that can be read."""
    with suppress(StoreError):
        lines = split_lines(file_blocks(path))
        yield from _events(path, (line for line in lines if _SAYS_WHO_WRITES.search(line)))


def _events(path: Path, blocks: Iterable[bytes]) -> Iterator[Event]:
    return read_events(blocks, str(path), ignore, growing=True)


def _turns(events: Iterable[Event]) -> int:
    turns = 0
    for event in events:
        if event.type == "turn.completed":
            turns = (event.turn_number or 0) + 1
        elif event.turn_number is not None:
            turns = max(turns, event.turn_number)
        else:
            turns = payload.integer(event.data, "turns") or turns
    return turns


def _cost(events: Iterable[Event]) -> float | None:
    cost = None
    for event in events:
        if event.type in ("turn.completed", "experiment.completed", "experiment.failed"):
            cost = payload.number(event.data, "cost_usd")
    return cost


def _here(writer: Mapping[str, Any]) -> bool:
    # A boot tells machines apart by itself; where there is none, the name of the machine does.
    hosts = (identity.host(), REDACTED) if identity.boot() else (identity.host(),)
    return writer.get("host") in hosts and writer.get("boot") == identity.boot()
