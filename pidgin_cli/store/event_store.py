"""The store as its users see it: append, subscribe, replay."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from pidgin_cli.errors import BadLineError, UnknownExperimentError
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.ids import TokenSource
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import Seal
from pidgin_cli.events.stamp import Clock, Stamp
from pidgin_cli.store.durability import BatchSync
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.reader import Report, file_blocks, read_events
from pidgin_cli.store.subscribers import Complaint, Listener, Subscription, complain
from pidgin_cli.store.writer import FileLog, Log, NoLog

Durability = Literal["none", "batch", "always"]


@dataclass(slots=True)
class OpenExperiment:
    """An experiment that this store writes."""

    log: Log
    stamp: Stamp
    seal: Seal


class EventStore:
    """Appends events to the logs of a folder and tells those who listen.

    Every event is in its log before anybody hears of it. Appending from several threads is safe.

    Args:
        folder: where the logs are; None keeps nothing, and events are only heard.
        durability: `none` leaves it to the system when the disk is written, `batch` asks it every
            second of activity, `always` at every event.
        clock: gives Unix seconds.
        token: gives random bytes as hex digits.
        report: is told of listeners that fail.
    """

    def __init__(
        self,
        folder: Folder | None,
        *,
        durability: Durability = "batch",
        clock: Clock = time.time,
        token: TokenSource = secrets.token_hex,
        report: Complaint = complain,
    ) -> None:
        self.folder = folder
        self._durability = durability
        self._clock = clock
        self._token = token
        self._report = report
        self._open: dict[str, OpenExperiment] = {}
        self._subscriptions: tuple[Subscription, ...] = ()
        self._appending = threading.RLock()
        self._batch = BatchSync() if durability == "batch" and folder is not None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def begin(self, experiment_id: str) -> None:
        """Make a new experiment and hold its lock.

        Raises:
            ExperimentExistsError: there is one of that id.
            StoreError: its log cannot be made.
        """
        log: Log = NoLog()
        if self.folder is not None:
            log = self._looked_after(
                FileLog.create(self.folder, experiment_id, always=self._always)
            )
        stamp = Stamp(experiment_id, clock=self._clock, token=self._token)
        self._open[experiment_id] = OpenExperiment(log, stamp, Seal())

    def resume(self, experiment_id: str) -> None:
        """Take over an experiment that nobody writes, mend its end, and hold its lock.

        Raises:
            UnknownExperimentError: there is none of that id.
            LockedError: somebody else writes it.
        """
        if self.folder is None:
            raise UnknownExperimentError(f"no experiment {experiment_id}: nothing is kept")
        log = FileLog.open(self.folder, experiment_id, always=self._always)
        seal, last = Seal(), 0.0
        for line in log.lines():
            seal.add(line)
            last = _later(last, line)
        stamp = Stamp(experiment_id, clock=self._clock, token=self._token, not_before=last)
        self._open[experiment_id] = OpenExperiment(self._looked_after(log), stamp, seal)

    def append(self, experiment_id: str, draft: Draft) -> Event:
        """Give the draft its id and time, write it, tell the listeners, and give the event.

        An experiment that is not open is resumed, or begun where there is none.

        Raises:
            StoreError: it could not be written. Nothing of it is in the log.
        """
        with self._appending:
            experiment = self._open.get(experiment_id) or self._opened(experiment_id)
            event = experiment.stamp(experiment.seal.sealed(draft))
            line = encode(event)
            experiment.log.write(line)
            experiment.seal.add(line)
            for subscription in self._subscriptions:
                subscription.offer(event)
            return event

    def sync(self, experiment_id: str) -> None:
        """Return when all events of an experiment are on the disk, whatever the durability.

        Raises:
            StoreError: the disk refused.
        """
        self._open[experiment_id].log.sync()

    def release(self, experiment_id: str) -> None:
        """Free the lock of an experiment; nothing where it is not held."""
        experiment = self._open.pop(experiment_id, None)
        if experiment is None:
            return
        if self._batch is not None and isinstance(experiment.log, FileLog):
            self._batch.discard(experiment.log)
        experiment.log.close()

    def subscribe(self, listener: Listener) -> Subscription:
        """Call the listener, in a thread of its own, with every event from now on."""
        subscription = Subscription(listener, self._report)
        self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Let the listener hear what is in its queue, and no more."""
        self._subscriptions = tuple(s for s in self._subscriptions if s is not subscription)
        subscription.close()

    def replay(self, experiment_id: str, report: Report | None = None) -> Iterator[Event]:
        """Give the recorded events of an experiment in order, one line in memory at a time.

        Args:
            report: is told of bad lines; without it they are complained of.

        Raises:
            UnknownExperimentError: there is none of that id.
        """
        path = None if self.folder is None else self.folder.find(experiment_id)
        if path is None:
            where = "nothing is kept" if self.folder is None else f"not in {self.folder.root}"
            raise UnknownExperimentError(f"no experiment {experiment_id}: {where}")
        tell = report or (lambda bad: self._report(str(bad)))
        growing = experiment_id in self._open
        return read_events(file_blocks(path), str(path), tell, growing=growing)

    def close(self, timeout: float | None = 5.0) -> None:
        """Free every lock, and wait up to `timeout` seconds for each listener to hear the rest."""
        for experiment_id in list(self._open):
            self.release(experiment_id)
        if self._batch is not None:
            self._batch.close()
        for subscription in self._subscriptions:
            subscription.close(timeout)
        self._subscriptions = ()

    @property
    def _always(self) -> bool:
        return self._durability == "always"

    def _looked_after(self, log: FileLog) -> FileLog:
        if self._batch is not None:
            self._batch.add(log)
        return log

    def _opened(self, experiment_id: str) -> OpenExperiment:
        if self.folder is not None and self.folder.log(experiment_id).exists():
            self.resume(experiment_id)
        else:
            self.begin(experiment_id)
        return self._open[experiment_id]


def _later(last: float, line: bytes) -> float:
    try:
        return max(last, decode(line).timestamp)
    except BadLineError:
        return last
