"""Following logs while they grow: what is there, then what comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from pidgin_cli.events.event import Event
from pidgin_cli.store.folder import LOG_SUFFIX, Folder
from pidgin_cli.store.growing import GrowingLog
from pidgin_cli.store.reader import Report, last_lines
from pidgin_cli.store.watch import Watch

LONGEST_WAIT = 0.5
"""Seconds after which a follower looks for itself, whatever it was told."""


@dataclass(frozen=True, slots=True)
class Following:
    """How logs are followed.

    Args:
        last: events that are given from before; None for all.
        idle: is called whenever there is nothing to give.
        report: is told of bad lines.
    """

    last: int | None
    idle: Callable[[], None]
    report: Report


def follow_experiment(path: Path, following: Following) -> Iterator[Event]:
    """Give the last events of a log and then what comes, until nobody writes it any more.

    The caller knows from the last event whether it ended with a last word.
    """
    with Watch(path.parent) as watch, closing(_growing(path, following)) as log:
        while True:
            written = log.is_written()
            yield from log.read()
            if not written:
                return
            following.idle()
            watch.wait(LONGEST_WAIT)


def follow_store(folder: Folder, following: Following, *, forever: bool = True) -> Iterator[Event]:
    """Give the last events of all logs, by time, and then what comes, also of new experiments.

    Archives are not followed: nothing comes to them. A file is held open while it is written.

    Args:
        forever: whether to wait for more.
    """
    if forever:
        folder.make()
    elif not folder.experiment_ids():
        return
    with Watch(folder.root) as watch:
        logs = {path: _growing(path, following) for path in _logs(folder)}
        if following.last is not None:
            yield from _latest(logs.values(), following.last)
        while True:
            for log in logs.values():
                yield from log.read()
                log.rest()
            if not forever:
                return
            following.idle()
            watch.wait(LONGEST_WAIT)
            for path in _logs(folder):
                if path not in logs:
                    logs[path] = GrowingLog(path, 0, following.report)


def _growing(path: Path, following: Following) -> GrowingLog:
    """Give a log that is read from the first of its last events on."""
    offset = 0
    if following.last is not None:
        # A log that is gone may come again.
        with suppress(FileNotFoundError):
            lines, end = last_lines(path, following.last)
            offset = end - sum(map(len, lines))
    return GrowingLog(path, offset, following.report)


def _latest(logs: Iterable[GrowingLog], count: int) -> list[Event]:
    events: list[Event] = []
    for log in logs:
        events += log.read()
        log.rest()
    events.sort(key=lambda event: event.timestamp)
    return events[max(0, len(events) - count) :]


def _logs(folder: Folder) -> list[Path]:
    return sorted(folder.root.glob(f"*{LOG_SUFFIX}"))
