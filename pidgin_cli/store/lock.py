"""The writer's lock: held by an open file, freed by the kernel when its holder dies."""

from __future__ import annotations

import fcntl
import os
import struct
import time
from typing import Protocol

_FLOCK = "hhqqi0q"
"""The flock of fcntl(2) on Linux: kind, whence, start, length, process, and room up to a long."""
_PATIENCE = 0.2
"""Seconds for which a writer tries where asking takes the lock."""


class Lock(Protocol):
    """A lock of a whole file that many may ask about, and none of them in a writer's way."""

    def acquire(self, descriptor: int) -> bool:
        """Take the lock of an open, writable file. False where somebody else holds it."""

    def is_held(self, descriptor: int) -> bool:
        """Say whether a writer holds the lock by another open file. Reading is enough to ask."""


class DescriptionLock:
    """The lock of an open file description.

    It can be asked about without being taken, and survives that the same process opens and closes
    the file again to read it.
    """

    def acquire(self, descriptor: int) -> bool:
        """Take the lock of an open, writable file. False where somebody else holds it."""
        try:
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _whole_file(fcntl.F_WRLCK))
        except (BlockingIOError, PermissionError):
            return False
        return True

    def is_held(self, descriptor: int) -> bool:
        """Say whether a writer holds the lock by another open file. Reading is enough to ask."""
        answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _whole_file(fcntl.F_WRLCK))
        kind: int = struct.unpack(_FLOCK, answer)[0]
        return kind != fcntl.F_UNLCK


class FlockLock:
    """What there is where the system has no other: flock.

    Who asks shares the lock for an instant, and a writer therefore tries for a moment.
    """

    def acquire(self, descriptor: int) -> bool:
        """Take the lock of an open, writable file. False where somebody else holds it."""
        deadline = time.monotonic() + _PATIENCE
        while not _flocked(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def is_held(self, descriptor: int) -> bool:
        """Say whether a writer holds the lock by another open file. Reading is enough to ask."""
        if not _flocked(descriptor, fcntl.LOCK_SH):
            return True
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        return False


LOCK: Lock = DescriptionLock() if hasattr(fcntl, "F_OFD_SETLK") else FlockLock()
"""The better one of those that this system has."""


def _whole_file(kind: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)


def _flocked(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
