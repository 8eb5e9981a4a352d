"""What is asked of open files and folders, whatever they are: written whole, kept, still named."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of it, in as many writes as that takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync_folder(path: Path) -> None:
    """Return when the disk has what was made, renamed and removed in a folder."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Not every file system can do that for a folder, and then keeps names by itself.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


def is_named(path: Path, descriptor: int) -> bool:
    """Say whether the open file is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False
