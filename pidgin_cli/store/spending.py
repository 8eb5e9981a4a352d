"""What experiments have used so far, from their logs alone, read on from where reading stopped."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pidgin_cli.errors import BadLineError, StoreError
from pidgin_cli.events import payload
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.lines import split_lines
from pidgin_cli.events.usage import Usage
from pidgin_cli.store.folder import ARCHIVE_SUFFIX, Folder
from pidgin_cli.store.reader import file_blocks

_TELLING = (b'"type":"api.call.', b'"type":"turn.', b'"type":"experiment.')
"""Lines that say what was used, and when; the words themselves are not decoded."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens in and out, dollars as far as prices are known, and seconds without pauses."""

    tokens: int = 0
    cost_usd: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: Spent) -> Spent:
        """Give both together."""
        return Spent(
            self.tokens + other.tokens,
            self.cost_usd + other.cost_usd,
            self.seconds + other.seconds,
        )


@dataclass(slots=True)
class LogSpending:
    """What one log says. A call is started, and then ended unless it is tried again."""

    path: Path
    offset: int = 0
    spent: Spent = Spent()
    started: set[int] = field(default_factory=set)
    ended: set[int] = field(default_factory=set)
    completed: bool = False
    _last: float | None = None

    def take(self, line: bytes) -> None:
        """Take in one line."""
        if any(mark in line for mark in _TELLING):
            with suppress(BadLineError):
                event = decode(line)
                if event.v == SCHEMA_VERSION and "copied_from" not in event.extra:
                    self._take(event)

    def _take(self, event: Event) -> None:
        data = event.data
        self.completed |= event.type == "experiment.completed"
        seconds = 0.0
        if self._last is not None and event.type != "experiment.resumed":
            seconds = max(0.0, event.timestamp - self._last)
        self._last = event.timestamp
        tokens, cost = 0, 0.0
        if event.type in ("api.call.completed", "api.call.failed"):
            tokens = Usage.of(data.get("usage")).total_tokens
            cost = payload.number(data, "cost_usd") or 0.0
        self.spent += Spent(tokens, cost, seconds)
        response = payload.integer(data, "response")
        if response is not None and event.type.startswith("api.call."):
            self.started.add(response)
            again = event.type == "api.call.started" or data.get("retry_in") is not None
            (self.ended.discard if again else self.ended.add)(response)


class Spending:
    """Follows the logs of some experiments; asking again costs what was written since.

    A log that is complete is never looked at again, and of the others only whether it has grown.

    Args:
        experiment_ids: some may not be there yet.
    """

    def __init__(self, folder: Folder, experiment_ids: Iterable[str]) -> None:
        self._folder = folder
        self._open = dict.fromkeys(experiment_ids)
        self._logs: dict[str, LogSpending] = {}
        self._of_completed = Spent()

    def read(self) -> Spent:
        """Give what all of them have used up to now."""
        total = Spent()
        here = set(self._folder.experiment_ids())
        for experiment_id in [each for each in self._open if each in here]:
            log = self._read(experiment_id)
            if log.completed:
                del self._open[experiment_id]
                self._of_completed += log.spent
            else:
                total += log.spent
        return total + self._of_completed

    def log(self, experiment_id: str) -> LogSpending | None:
        """Give what the log of an experiment said when it was last read, None without one."""
        return self._logs.get(experiment_id)

    def _read(self, experiment_id: str) -> LogSpending:
        path = self._folder.find(experiment_id) or self._folder.log(experiment_id)
        known = self._logs.get(experiment_id)
        if known is None or known.path != path:
            known = LogSpending(path)
        # Whoever removes or packs a log meanwhile is met at the next look.
        with suppress(FileNotFoundError, StoreError):
            known = _of_archive(path) if path.name.endswith(ARCHIVE_SUFFIX) else _read_on(known)
        self._logs[experiment_id] = known
        return known


def _of_archive(path: Path) -> LogSpending:
    known = LogSpending(path)
    for line in split_lines(file_blocks(path)):
        known.take(line)
    return known


def _read_on(known: LogSpending) -> LogSpending:
    size = known.path.stat().st_size
    if size < known.offset:
        known = LogSpending(known.path)
    if size == known.offset:
        return known
    with known.path.open("rb", buffering=0) as file:
        data = os.pread(file.fileno(), size - known.offset, known.offset)
    whole = data.rfind(b"\n") + 1
    for line in data[:whole].split(b"\n"):
        known.take(line)
    known.offset += whole
    return known
