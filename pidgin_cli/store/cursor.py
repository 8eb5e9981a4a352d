"""How far logs were read, and the file that remembers it from one process to the next."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from pidgin_cli.errors import LockedError, PidginError, StoreError, UsageError
from pidgin_cli.events import payload
from pidgin_cli.files.descriptors import is_named
from pidgin_cli.files.whole import refuse_link, whole_file
from pidgin_cli.store.lock import LOCK

MARK = 1024
"""Bytes that are remembered of what was read, to see whether a file still holds them."""

_OPEN = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC

Identity = tuple[int, int, int]
"""A file as it stands: inode, size, and the nanosecond of its last change."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a log was read.

    Args:
        offset: bytes of its unpacked content that were given, up to the beginning of a line.
        mark: SHA-256 of up to `MARK` bytes before, in hex digits; "" where nobody has looked.
        archive: the archive of the log that was read to its end.
        after: Unix seconds; earlier events are not given, wherever they stand.
    """

    offset: int = 0
    mark: str = ""
    archive: Identity | None = None
    after: float = 0.0

    def holds(self, before: bytes) -> bool:
        """Say whether the bytes before the place are those that were read."""
        return not self.mark or self.mark == mark_of(before)


START = Place()


def mark_of(before: bytes) -> str:
    """Give the mark of the bytes before a place."""
    return hashlib.sha256(before[-MARK:]).hexdigest()


def identity_of(status: os.stat_result) -> Identity:
    """Give what tells a file that changed from one that did not."""
    return status.st_ino, status.st_size, status.st_mtime_ns


class Followed(Protocol):
    """A log that is read, of which a cursor keeps the place."""

    def place(self) -> Place:
        """Give how far it was read."""


class Cursor:
    """A file with the place of each log, by the log's name, which one process at a time has.

    It is written as a whole, by a renaming: a process that is killed leaves the last one that was
    saved, from which the next process goes on. Every file that has the name is locked before.

    Raises:
        UsageError: there is such a file, and it is no cursor; or a link.
        LockedError: another process has it.
        StoreError: it cannot be made or read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = _locked(path)
        try:
            written = _read(path)
        except PidginError:
            self.close()
            raise
        self.begun = written is not None
        self._written = dict(written or {})
        self._places = dict(self._written)
        self._logs: dict[str, Followed] = {}

    def place(self, name: str) -> Place:
        """Give where the log of that name goes on: at its start where it was never read."""
        return self._places.get(name, START)

    def keep(self, name: str, log: Followed) -> None:
        """Remember the place of this log whenever it is saved."""
        self._logs[name] = log

    def forget(self, name: str) -> None:
        """Remember a log no longer."""
        self._logs.pop(name, None)
        self._places.pop(name, None)

    def save(self) -> None:
        """Write down how far all logs were read, if that is further than before.

        Raises:
            PidginError: the file cannot be written.
        """
        self._places |= {name: log.place() for name, log in self._logs.items()}
        if self._places == self._written and self.begun:
            return
        data = orjson.dumps({"logs": self._places}, option=orjson.OPT_APPEND_NEWLINE)
        with whole_file(self.path, overwrite=True, lasting=False) as file:
            file.write(data)
            made = os.dup(file.fileno())
            LOCK.acquire(made)
        # A signal between the two leaves one open, and none to be closed twice.
        replaced, self._descriptor = self._descriptor, made
        os.close(replaced)
        self._written, self.begun = dict(self._places), True

    def close(self) -> None:
        """Let another process have the file."""
        os.close(self._descriptor)


def _locked(path: Path) -> int:
    """Give the open file of that name, which is made where there is none, locked."""
    refuse_link(path)
    while True:
        try:
            descriptor = os.open(path, _OPEN, 0o600)
        except OSError as error:
            raise StoreError(f"cannot open the cursor {path}: {error.strerror}") from None
        if not LOCK.acquire(descriptor):
            os.close(descriptor)
            raise LockedError(
                f"another process follows with the cursor {path}: give each its own --cursor-file"
            )
        if is_named(path, descriptor):
            return descriptor
        # It was replaced in the instant before.
        os.close(descriptor)


def _read(path: Path) -> dict[str, Place] | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot read the cursor {path}: {error.strerror}") from None
    if not data:
        # So does mktemp make one.
        return None
    try:
        document = orjson.loads(data)
        return {name: _place(place) for name, place in document["logs"].items()}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        raise UsageError(
            f"{path} is no cursor file: name another with --cursor-file, or remove it"
        ) from None


def _place(data: Mapping[str, Any]) -> Place:
    archive = data.get("archive")
    if archive is not None:
        inode, size, changed = archive
        archive = int(inode), int(size), int(changed)
    return Place(
        payload.integer(data, "offset") or 0,
        payload.text(data, "mark") or "",
        archive,
        payload.number(data, "after") or 0.0,
    )
