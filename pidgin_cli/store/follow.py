"""Following logs while they grow: what is there, then what comes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event
from pidgin_cli.store.folder import LOG_SUFFIX, Folder
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.reader import BLOCK, BadLine, Report, last_lines
from pidgin_cli.store.watch import Watch

LONGEST_WAIT = 0.5
"""Seconds after which a follower looks for itself, whatever it was told."""


class GrowingLog:
    """One log, read from an offset on as it grows.

    It is read through one open file until another file has taken its name; what was in the first
    one has been given by then.
    """

    def __init__(self, path: Path, offset: int, report: Report) -> None:
        self.path = path
        self._offset = offset
        self._report = report
        self._rest = b""
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def read(self) -> Iterator[Event]:
        """Give the whole lines that have come since the last time."""
        if os.fstat(self._descriptor).st_size < self._offset:
            self._offset, self._rest = 0, b""
        yield from self._new()
        if self._replaced():
            yield from self._new()
            self._reopen()
            yield from self._new()

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)

    def is_written(self) -> bool:
        """Say whether a writer holds it."""
        try:
            return is_locked(self.path)
        except FileNotFoundError:
            return False

    def _new(self) -> Iterator[Event]:
        while block := os.pread(self._descriptor, BLOCK, self._offset):
            start = self._offset - len(self._rest)
            self._offset += len(block)
            *lines, self._rest = (self._rest + block).split(b"\n")
            for line in lines:
                try:
                    yield decode(line + b"\n")
                except BadLineError as error:
                    self._report(BadLine(str(self.path), 0, start, error.reason))
                start += len(line) + 1

    def _replaced(self) -> bool:
        try:
            return not os.path.samestat(os.fstat(self._descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _reopen(self) -> None:
        with suppress(FileNotFoundError):
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            os.close(self._descriptor)
            self._descriptor, self._offset, self._rest = descriptor, 0, b""


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
    with Watch(path.parent) as watch:
        events, offset = _before(path, following)
        yield from events
        log = GrowingLog(path, offset, following.report)
        try:
            while True:
                written = log.is_written()
                yield from log.read()
                if not written:
                    return
                following.idle()
                watch.wait(LONGEST_WAIT)
        finally:
            log.close()


def follow_store(folder: Folder, following: Following, *, forever: bool = True) -> Iterator[Event]:
    """Give the last events of all logs, by time, and then what comes, also of new experiments.

    Archives are not followed: nothing comes to them.

    Args:
        forever: whether to wait for more.
    """
    folder.make()
    with Watch(folder.root) as watch:
        logs: dict[Path, GrowingLog] = {}
        earlier: list[Event] = []
        for path in _logs(folder):
            events, offset = _before(path, following)
            earlier += events
            logs[path] = GrowingLog(path, offset, following.report)
        earlier.sort(key=lambda event: event.timestamp)
        yield from earlier[max(0, len(earlier) - (following.last or 0)) :]
        while True:
            for log in logs.values():
                yield from log.read()
            if not forever:
                return
            following.idle()
            watch.wait(LONGEST_WAIT)
            for path in _logs(folder):
                if path not in logs:
                    logs[path] = GrowingLog(path, 0, following.report)


def _before(path: Path, following: Following) -> tuple[list[Event], int]:
    if following.last is None:
        return [], 0
    lines, offset = last_lines(path, following.last)
    events = []
    for line in lines:
        with suppress(BadLineError):
            events.append(decode(line))
    return events, offset


def _logs(folder: Folder) -> list[Path]:
    return sorted(folder.root.glob(f"*{LOG_SUFFIX}"))
