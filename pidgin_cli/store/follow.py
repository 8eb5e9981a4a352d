"""Following logs while they grow: what is there, then what comes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.events.event import Event
from pidgin_cli.store.cursor import START, Cursor, Place, identity_of
from pidgin_cli.store.folder import LOG_SUFFIX, Folder, archive_of, is_archive, log_of
from pidgin_cli.store.growing import GrowingLog
from pidgin_cli.store.reader import Report, last_lines
from pidgin_cli.store.watch import Watch

LONGEST_WAIT = 0.5
"""Seconds after which a follower looks for itself, whatever it was told."""
LOOKING_SHARE = 20
"""A look at everything is followed by so many times its own length without one."""


def everything(event: Event) -> bool:
    """Want every event."""
    return True


class Following(NamedTuple):
    """How logs are followed.

    Args:
        last: events that are given from before; None for all.
        idle: is called whenever there is nothing to give.
        report: is told of bad lines.
        wanted: says which events are given and counted.
        cursor: remembers how far each log was given, and says where it goes on; what it has
            begun goes before `last`.
    """

    last: int | None
    idle: Callable[[], None]
    report: Report
    wanted: Callable[[Event], bool] = everything
    cursor: Cursor | None = None

    @property
    def goes_on(self) -> bool:
        """Whether an earlier process has begun this."""
        return self.cursor is not None and self.cursor.begun

    def opened(self, path: Path, place: Place) -> GrowingLog:
        """Give a log that is read from a place on, or from where the cursor goes on."""
        if self.cursor is not None and self.cursor.begun:
            place = self.cursor.place(path.name)
        log = GrowingLog(path, place, self.report)
        if self.cursor is not None:
            self.cursor.keep(path.name, log)
        return log

    def opened_at_last(self, path: Path) -> GrowingLog:
        """Give a log that is read from the first of its last events on."""
        return self.opened(path, place_of_last(path, self.last, self.wanted))

    def read(self, log: GrowingLog) -> Iterator[Event]:
        """Give the wanted ones of the events that have come."""
        return filter(self.wanted, log.read())

    def before(self, log: GrowingLog) -> Iterator[Event]:
        """Give the last events of before, where they are counted."""
        if self.last is not None and not self.goes_on:
            # It may have grown since they were counted, or they have to be chosen.
            yield from deque(self.read(log), maxlen=self.last)


def follow_experiment(
    path: Path, following: Following, *, wait: bool = False, forever: bool = True
) -> Iterator[Event]:
    """Give the last events of a log and then what comes, until nobody writes it any more.

    The caller knows from the last event whether it ended with a last word.

    Args:
        wait: whether to wait for a log that is not there yet.
        forever: whether to wait for more.
    """
    with Watch(path.parent) as watch:
        while wait and not _has_begun(path):
            following.idle()
            watch.wait(LONGEST_WAIT)
        with closing(following.opened_at_last(path)) as log:
            yield from following.before(log)
            while True:
                written = log.is_written()
                yield from following.read(log)
                if not (written and forever):
                    return
                following.idle()
                watch.wait(LONGEST_WAIT)


def follow_file(path: Path, following: Following) -> Iterator[Event]:
    """Give the last events of a file and then what comes, until all its experiments have ended.

    It is no log of the store, and nobody says whether it is still written.
    """
    under_way = _UnderWay()
    with Watch(path.parent) as watch, closing(following.opened_at_last(path)) as log:
        yield from map(under_way.seen, following.before(log))
        while True:
            yield from map(under_way.seen, following.read(log))
            if under_way.have_ended:
                return
            following.idle()
            watch.wait(LONGEST_WAIT)


def follow_store(folder: Folder, following: Following, *, forever: bool = True) -> Iterator[Event]:
    """Give the last events of all experiments, by time, and then what comes, also of new ones.

    What comes into one that was archived is given as well. A file is held open while it is written.

    Args:
        forever: whether to wait for more.
    """
    if forever:
        folder.make()
    elif not folder.experiment_ids():
        return
    with Watch(folder.root) as watch:
        logs = _Logs(folder, following)
        yield from logs.begin()
        looks = _Looks()
        changed: frozenset[str] | None = None
        while True:
            yield from logs.look(looks.at(changed))
            if not forever:
                return
            following.idle()
            changed = watch.wait(LONGEST_WAIT)


class _Logs:
    """The experiments of a folder, each read from where it is to be read."""

    def __init__(self, folder: Folder, following: Following) -> None:
        self._folder = folder
        self._following = following
        self._logs: dict[str, GrowingLog] = {}

    def begin(self) -> Iterator[Event]:
        """Give the last events of before, by time, and let all others of that time lie."""
        following = self._following
        if following.goes_on or following.last is None:
            return
        latest: list[Event] = []
        for path in sorted(self._paths().values(), key=_changed, reverse=True):
            if _are_the_last(latest, following.last, _changed(path)):
                self._open(_log_name(path.name), _end(path))
                continue
            log = self._open(_log_name(path.name), self._before_the_last(path))
            latest += deque(following.read(log), maxlen=following.last)
            latest.sort(key=_timestamp)
            del latest[: -following.last]
            log.rest()
        yield from latest

    def look(self, names: frozenset[str] | None) -> Iterator[Event]:
        """Give what is new in the logs of these names, or in all, and let go of those that went."""
        there = self._paths() if names is None else dict.fromkeys(map(_log_name, names))
        gone = set() if names is not None else self._logs.keys() - there.keys()
        for name in sorted({*there, *gone}):
            if not name.endswith(LOG_SUFFIX):
                continue
            log = self._logs.get(name) or self._open(name, START)
            yield from self._following.read(log)
            log.rest()
            if name in gone and log.is_closed:
                self._forget(name)

    def _before_the_last(self, path: Path) -> Place:
        if is_archive(path):
            return START
        return place_of_last(path, self._following.last, self._following.wanted)

    def _open(self, name: str, place: Place) -> GrowingLog:
        log = self._logs[name] = self._following.opened(self._folder.root / name, place)
        return log

    def _forget(self, name: str) -> None:
        del self._logs[name]
        if self._following.cursor is not None:
            self._following.cursor.forget(name)

    def _paths(self) -> dict[str, Path]:
        """Give the log of each experiment, or its archive, by the name of its log."""
        found = (self._folder.find(each) for each in self._folder.experiment_ids())
        return {_log_name(path.name): path for path in found if path is not None}


class _UnderWay:
    """Experiments of which a stream has had events, and no last word."""

    def __init__(self) -> None:
        self.have_ended = False
        self._open: set[str] = set()
        self._pausing: set[str] = set()

    def seen(self, event: Event) -> Event:
        """Take in an event, and give it on."""
        match event.type:
            case "experiment.completed" | "experiment.failed":
                self._open.discard(event.experiment_id)
            case "checkpoint.saved" if event.experiment_id in self._pausing:
                self._open.discard(event.experiment_id)
            case _:
                self._open.add(event.experiment_id)
        if event.type == "pause.requested":
            self._pausing.add(event.experiment_id)
        else:
            self._pausing.discard(event.experiment_id)
        self.have_ended = not self._open
        return event


class _Looks:
    """When everything is looked at, and not only what is said to have changed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._next = 0.0
        self._began: float | None = None

    def at(self, changed: frozenset[str] | None) -> frozenset[str] | None:
        """Give the names that are to be looked at now, None for all of them."""
        now = self._monotonic()
        if self._began is not None:
            pause = max(LONGEST_WAIT, LOOKING_SHARE * (now - self._began))
            self._next, self._began = now + pause, None
        if changed is not None and now < self._next:
            return changed
        self._began = now
        return None


def place_of_last(path: Path, count: int | None, wanted: Callable[[Event], bool]) -> Place:
    """Give where the last events of a log begin; its start where they must be chosen first."""
    if count is None or (count > 0 and wanted is not everything):
        return START
    # A log that is gone may come again.
    with suppress(FileNotFoundError):
        lines, end = last_lines(path, count)
        return Place(end - sum(map(len, lines)))
    return START


def _end(path: Path) -> Place:
    """Give the place behind all that a log or an archive holds now."""
    if not is_archive(path):
        return place_of_last(path, 0, everything)
    with suppress(FileNotFoundError):
        # How long it is unpacked would cost as much as reading it.
        return Place(archive=identity_of(path.stat()), after=time.time())
    return START


def _has_begun(path: Path) -> bool:
    archive = archive_of(path)
    return archive.exists() or (path.exists() and path.stat().st_size > 0)


def _are_the_last(events: list[Event], count: int, changed: float) -> bool:
    """Say whether a log that changed last at that time can hold no later events than these."""
    return len(events) >= count and (not events or events[0].timestamp >= changed)


def _changed(path: Path) -> float:
    with suppress(FileNotFoundError):
        return path.stat().st_mtime
    return 0.0


def _timestamp(event: Event) -> float:
    return event.timestamp


def _log_name(name: str) -> str:
    return log_of(Path(name)).name
