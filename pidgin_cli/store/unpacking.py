"""Taking an archive back into work: the log that was packed, in its place again."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from pidgin_cli.errors import LockedError, StoreError, UnknownExperimentError
from pidgin_cli.files.descriptors import sync_folder, write_all
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.reader import file_blocks

_MAKE = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def unpack(folder: Folder, experiment_id: str) -> int:
    """Put the log of an archive in its place, take the archive away, and give the open log.

    The log is locked before it has its name, so that nobody can be faster. A whole copy of it is
    there at every instant.

    Raises:
        UnknownExperimentError: there is no archive either.
        LockedError: somebody else does the same at this instant.
        StoreError: the archive is damaged, or the log cannot be written; nothing has changed.
    """
    archive, log = folder.archive(experiment_id), folder.log(experiment_id)
    making = folder.root / f".{experiment_id}.{os.getpid()}.unpacking"
    if not archive.exists():
        raise UnknownExperimentError(f"no log of {experiment_id} in {folder.root}")
    descriptor = _made(making, folder.file_mode)
    try:
        try:
            LOCK.acquire(descriptor)
            for block in file_blocks(archive):
                write_all(descriptor, block)
            os.fsync(descriptor)
            os.link(making, log)
        finally:
            making.unlink()
        archive.unlink()
        sync_folder(folder.root)
    except FileExistsError:
        os.close(descriptor)
        raise LockedError(f"experiment {experiment_id} is being unpacked by another") from None
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"cannot unpack {archive}: {error.strerror}") from None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _made(path: Path, mode: int) -> int:
    with suppress(FileNotFoundError):
        # Only a process of the same number that died can have left it.
        path.unlink()
    try:
        descriptor = os.open(path, _MAKE, mode)
        os.fchmod(descriptor, mode)
    except OSError as error:
        raise StoreError(f"cannot make {path}: {error.strerror}") from None
    return descriptor
