"""The writer's lock: held by an open file, freed by the kernel when its holder dies.

Open file description locks are used where the system has them, because they can be asked about
without being taken: nobody who asks makes a writer fail. They also survive that the same process
opens and closes the file again to read it. Elsewhere it is flock, where asking takes the lock for
an instant, and a writer therefore tries for a moment.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time

_FLOCK = "hhqqi0q"
ASKING_TAKES = not hasattr(fcntl, "F_OFD_SETLK")
_PATIENCE = 0.2
"""Seconds for which a writer tries where asking takes the lock."""


def acquire(descriptor: int) -> bool:
    """Take the lock of an open, writable file. False where somebody else holds it."""
    if not ASKING_TAKES:
        return _set(descriptor)
    deadline = time.monotonic() + _PATIENCE
    while not _flock(descriptor):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def is_held(descriptor: int) -> bool:
    """Say whether another open file holds the lock."""
    if not ASKING_TAKES:
        return _ask(descriptor)
    if not _flock(descriptor):
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _set(descriptor: int) -> bool:
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _whole_file(fcntl.F_WRLCK))
    except (BlockingIOError, PermissionError):
        return False
    return True


def _ask(descriptor: int) -> bool:
    answer = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, _whole_file(fcntl.F_WRLCK))
    kind: int = struct.unpack(_FLOCK, answer)[0]
    return kind != fcntl.F_UNLCK


def _whole_file(kind: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
