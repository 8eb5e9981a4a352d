"""The lock of an index: one process at a time brings it up to date, and its death frees it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pidgin_cli.errors import LockedError, StoreError
from pidgin_cli.files.whole import refuse_link


@contextmanager
def one_at_a_time(database: Path, *, wait: bool = False, mode: int = 0o600) -> Iterator[None]:
    """Keep others from bringing the same index up to date.

    The lock is a file of its own beside the database, which may be replaced meanwhile, and which
    no link may name: it would have another lock by each of its names.

    Args:
        wait: whether to wait for somebody else to end.

    Raises:
        LockedError: somebody else does it already.
        UsageError: the database is a link.
        StoreError: no file can be made there.
    """
    refuse_link(database)
    path = _file_of(database)
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, mode)
    except OSError as error:
        raise StoreError(
            f"cannot make {path}: {error.strerror}; 'pidgin index --db FILE' makes one elsewhere"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    except BlockingIOError:
        raise LockedError(
            f"another process brings {database} up to date; try again, or --wait for it"
        ) from None
    finally:
        os.close(descriptor)


def is_being_updated(database: Path) -> bool:
    """Say whether somebody brings an index up to date; who asks shares the lock for an instant."""
    try:
        descriptor = os.open(_file_of(database), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _file_of(database: Path) -> Path:
    return Path(f"{database}.lock")
