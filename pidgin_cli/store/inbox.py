"""The inbox of a running experiment: what others ask of it, a line each, until it is done."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import orjson

from pidgin_cli.errors import PidginError, StoreError
from pidgin_cli.events import payload
from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.interventions import InterventionSource
from pidgin_cli.files.descriptors import is_named, write_all
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.reader import descriptor_blocks

Act = Literal["pause", "resume", "stop", "interrupt", "inject"]
ACTS: tuple[Act, ...] = get_args(Act)
SOURCES: tuple[InterventionSource, ...] = get_args(InterventionSource)

_OPEN = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC

PATIENCE = 0.5
"""Seconds for which the owner waits for a writer: one that was suspended must not hold a run up."""


class InboxBusyError(StoreError):
    """Somebody else writes it for long."""


class NotRunningError(PidginError):
    """Nobody runs the experiment, and so nobody would carry anything out."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a running experiment.

    Args:
        id: by which it is known whether it was carried out.
        timestamp: Unix seconds at which it was asked for.
        source: who speaks the words that are to be injected.
        target: the agents that are to hear them, None for all.
    """

    act: Act
    content: str = ""
    source: InterventionSource = "human"
    target: tuple[str, ...] | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    timestamp: float = field(default_factory=time.time)

    def line(self) -> bytes:
        """Give the request as one line of JSON."""
        fields: dict[str, Any] = {"id": self.id, "timestamp": self.timestamp, "act": self.act}
        if self.act == "inject":
            fields |= {"source": self.source, "content": self.content, "target": self.target}
        return encode_object(fields)


def post(folder: Folder, experiment_id: str, request: Request) -> None:
    """Put a request into the inbox of an experiment that runs.

    Many may do so at once: each holds the lock of the inbox while it writes.

    Raises:
        NotRunningError: nobody runs the experiment.
        StoreError: the inbox cannot be written; nothing of the request is in it.
    """
    path, log = folder.control(experiment_id), folder.log(experiment_id)
    line = request.line()
    while True:
        with _locked(path, os.O_CREAT, folder.file_mode) as descriptor:
            if not is_named(path, descriptor):
                # Its owner has taken it away; there may be a new one.
                continue
            if not is_locked(log):
                if os.fstat(descriptor).st_size == 0:
                    path.unlink()
                raise NotRunningError(f"experiment {experiment_id} does not run")
            _append(path, descriptor, line)
            return


class Inbox:
    """The inbox as its owner sees it, who holds the lock of the experiment.

    A request to inject stays in the file until it is recorded, so that a crash does not lose it.
    """

    def __init__(self, folder: Folder, experiment_id: str) -> None:
        self._path = folder.control(experiment_id)
        self._log = folder.log(experiment_id)
        self._offset = 0
        self._outstanding: set[str] = set()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has come, and nothing is to be taken away."""
        size = self._size()
        return size == self._offset and (bool(self._outstanding) or size == 0)

    def take(self) -> list[Request]:
        """Give what has come since, in its order; lines that are no requests are left out.

        While somebody else has it for long, nothing is given: it is to be looked at again.
        """
        if self.is_quiet:
            return []
        with suppress(InboxBusyError), _locked(self._path, patience=PATIENCE) as descriptor:
            return self._read(descriptor)
        return []

    def _read(self, descriptor: int) -> list[Request]:
        if os.fstat(descriptor).st_size < self._offset:
            # Somebody made it anew.
            self._offset = 0
        os.lseek(descriptor, self._offset, os.SEEK_SET)
        data = b"".join(descriptor_blocks(descriptor))
        self._offset += len(data)
        lines = data.split(b"\n")
        requests = [request for line in lines if (request := _request(line)) is not None]
        self._outstanding |= {each.id for each in requests if each.act == "inject"}
        if not self._outstanding:
            os.ftruncate(descriptor, 0)
            self._offset = 0
        return requests

    def done(self, request: str | None) -> bool:
        """Note that a request is recorded; say whether that leaves none."""
        if request not in self._outstanding:
            return False
        self._outstanding.discard(request)
        return not self._outstanding

    def close(self) -> list[Request]:
        """Take the inbox away, once the experiment is released, and give what came too late."""
        if not self._path.exists():
            return []
        late = self.take()
        with suppress(InboxBusyError), _locked(self._path, patience=PATIENCE) as descriptor:
            # Somebody else may run it already, and then the inbox is theirs.
            if not is_locked(self._log) and is_named(self._path, descriptor):
                self._path.unlink()
        return late

    def _size(self) -> int:
        try:
            return self._path.stat().st_size
        except FileNotFoundError:
            self._offset = 0
            return 0


def _append(path: Path, descriptor: int, line: bytes) -> None:
    size = _whole(descriptor)
    os.ftruncate(descriptor, size)
    try:
        write_all(descriptor, line)
    except OSError as error:
        os.ftruncate(descriptor, size)
        raise StoreError(f"cannot write {path}: {error.strerror}") from None


def _whole(descriptor: int) -> int:
    """Give where the last whole line ends: behind it is what a writer left that was killed."""
    position = os.fstat(descriptor).st_size
    while position > 0:
        step = min(1 << 16, position)
        newline = os.pread(descriptor, step, position - step).rfind(b"\n")
        if newline >= 0:
            return position - step + newline + 1
        position -= step
    return 0


@contextmanager
def _locked(
    path: Path, more: int = 0, mode: int = 0o600, patience: float | None = None
) -> Iterator[int]:
    """Open an inbox and hold its lock.

    Args:
        patience: seconds for which another is waited for; None for as long as it takes.

    Raises:
        InboxBusyError: somebody else has it for longer.
    """
    try:
        descriptor = os.open(path, _OPEN | more, mode)
    except OSError as error:
        raise StoreError(f"cannot open {path}: {error.strerror}") from None
    try:
        _lock(path, descriptor, patience)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int, patience: float | None) -> None:
    if patience is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise InboxBusyError(f"{path} is being written by another process") from None
            time.sleep(0.001)
        else:
            return


def _request(line: bytes) -> Request | None:
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(fields, Mapping) or fields.get("act") not in ACTS:
        return None
    source = payload.text(fields, "source")
    return Request(
        act=fields["act"],
        content=payload.text(fields, "content") or "",
        source=next((each for each in SOURCES if each == source), "human"),
        target=payload.texts(fields, "target"),
        id=payload.text(fields, "id") or secrets.token_hex(8),
        timestamp=payload.number(fields, "timestamp") or 0.0,
    )
