"""The store as its users see it: append, subscribe, replay."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from pidgin_cli.config.settings import Durability
from pidgin_cli.errors import BadLineError, ExperimentExistsError, UnknownExperimentError
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.ids import TokenSource, check_experiment_id, random_token
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import Seal
from pidgin_cli.events.stamp import Clock, Stamp
from pidgin_cli.store.durability import BatchSync
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.reader import Report, file_blocks, read_events
from pidgin_cli.store.subscribers import Complaint, Listener, Subscription, complain
from pidgin_cli.store.writer import FileLog, Log, NoLog

PATIENCE = 5.0
"""Seconds for which a listener may hold up who lets go of it."""


class Through(Protocol):
    """Changes events on their way into the store: what is to stay private never gets there."""

    def feed(self, event: Event) -> Iterable[Event]:
        """Take in the next event, and give those that may be kept now."""

    def end(self, experiment_id: str) -> Iterable[Event]:
        """Give what is still held of an experiment, of which no more will come for now."""

    def resume(self, experiment_id: str, lines: Iterable[bytes]) -> None:
        """Take in what the log of an experiment holds already."""


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
        through: what events go through before they are kept and heard of; who appends them is
            given them as they were.
    """

    def __init__(
        self,
        folder: Folder | None,
        *,
        durability: Durability = "batch",
        clock: Clock = time.time,
        token: TokenSource = random_token,
        report: Complaint = complain,
        through: Through | None = None,
    ) -> None:
        self.folder = folder
        self._durability = durability
        self._clock = clock
        self._token = token
        self._report = report
        self._through = through
        self._told: Listener | None = None
        self._open: dict[str, OpenExperiment] = {}
        self._subscriptions: tuple[Subscription, ...] = ()
        self._changing = threading.RLock()
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
            UsageError: the id cannot be that of an experiment.
            ExperimentExistsError: there is one of that id.
            StoreError: its log cannot be made.
        """
        with self._changing:
            if check_experiment_id(experiment_id) in self._open:
                raise ExperimentExistsError(f"experiment {experiment_id} exists already")
            log: Log = NoLog()
            if self.folder is not None:
                log = FileLog.create(self.folder, experiment_id, always=self._always)
            stamp = Stamp(experiment_id, clock=self._clock, token=self._token)
            self._hold(experiment_id, OpenExperiment(log, stamp, Seal()))

    def resume(self, experiment_id: str) -> None:
        """Take over an experiment that nobody writes, mend its end, and hold its lock.

        Raises:
            UnknownExperimentError: there is none of that id.
            LockedError: somebody else writes it.
        """
        if self.folder is None:
            raise UnknownExperimentError(f"no experiment {experiment_id}: nothing is kept")
        with self._changing:
            log = FileLog.open(self.folder, experiment_id, always=self._always)
            seal, last = Seal(), 0.0
            if self._through is not None:
                self._through.resume(experiment_id, log.lines())
            for line in log.lines():
                seal.add(line)
                last = _later(last, line)
            stamp = Stamp(experiment_id, clock=self._clock, token=self._token, not_before=last)
            self._hold(experiment_id, OpenExperiment(log, stamp, seal))

    def append(self, experiment_id: str, draft: Draft) -> Event:
        """Give the draft its id and time, write it, tell the listeners, and give the event.

        An experiment that is not open is resumed, out of its archive too, or begun where there is
        none.

        Raises:
            StoreError: it could not be written. Nothing of it is in the log.
        """
        with self._changing:
            experiment = self._open.get(experiment_id) or self._opened(experiment_id)
            event = experiment.stamp(experiment.seal.sealed(draft))
            kept = [event] if self._through is None else self._through.feed(event)
            self._keep(experiment, kept)
            experiment.seal.add(encode(event))
            return event

    def sync(self, experiment_id: str) -> None:
        """Return when all events of an experiment are on the disk, whatever the durability.

        Raises:
            StoreError: the disk refused.
        """
        self._open[experiment_id].log.sync()

    def release(self, experiment_id: str) -> None:
        """Free the lock of an experiment; nothing where it is not held.

        Raises:
            StoreError: the disk refused to keep the last events; the lock is free all the same.
        """
        with self._changing, ExitStack() as ending:
            experiment = self._open.pop(experiment_id, None)
            if experiment is None:
                return
            ending.callback(experiment.log.close)
            if self._through is not None:
                self._keep(experiment, self._through.end(experiment_id))
            if self._batch is not None and isinstance(experiment.log, FileLog):
                self._batch.discard(experiment.log)
                if experiment.log.dirty:
                    experiment.log.sync()

    def subscribe(self, listener: Listener) -> Subscription:
        """Call the listener, in a thread of its own, with every event from now on."""
        subscription = Subscription(listener, self._report)
        with self._changing:
            self._subscriptions = (*self._subscriptions, subscription)
        return subscription

    @property
    def is_private(self) -> bool:
        """Whether what is kept is not what was appended."""
        return self._through is not None

    def tell_at_once(self, listener: Listener) -> None:
        """Call this one with every event that was kept, in the thread that appended it."""
        self._told = listener

    def unsubscribe(self, subscription: Subscription, timeout: float | None = PATIENCE) -> None:
        """Let the listener hear what is in its queue, and no more; wait so long for it."""
        with self._changing:
            self._subscriptions = tuple(s for s in self._subscriptions if s is not subscription)
        subscription.close(timeout)

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
        return read_events(file_blocks(path), str(path), tell, growing=is_locked(path))

    def close(self, timeout: float | None = PATIENCE) -> None:
        """Free every lock, and wait up to `timeout` seconds for each listener to hear the rest.

        Raises:
            StoreError: the disk refused to keep the last events.
        """
        with ExitStack() as ending:
            for subscription in self._subscriptions:
                ending.callback(self.unsubscribe, subscription, timeout)
            if self._batch is not None:
                ending.callback(self._batch.close)
            for experiment_id in list(self._open):
                ending.callback(self.release, experiment_id)

    @property
    def _always(self) -> bool:
        return self._durability == "always"

    def _keep(self, experiment: OpenExperiment, events: Iterable[Event]) -> None:
        for event in events:
            experiment.log.write(encode(event))
            if self._told is not None:
                self._told(event)
            for subscription in self._subscriptions:
                subscription.offer(event)

    def _hold(self, experiment_id: str, experiment: OpenExperiment) -> None:
        if self._batch is not None and isinstance(experiment.log, FileLog):
            self._batch.add(experiment.log)
        self._open[experiment_id] = experiment

    def _opened(self, experiment_id: str) -> OpenExperiment:
        if self.folder is not None and self.folder.find(experiment_id) is not None:
            self.resume(experiment_id)
        else:
            self.begin(experiment_id)
        return self._open[experiment_id]


def _later(last: float, line: bytes) -> float:
    try:
        return max(last, decode(line).timestamp)
    except BadLineError:
        return last
