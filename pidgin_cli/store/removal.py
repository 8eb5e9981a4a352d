"""Removing an experiment: every file of it, and none while somebody writes it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pidgin_cli.errors import LockedError, StoreError, UnknownExperimentError
from pidgin_cli.events.ids import EXPERIMENT_ID
from pidgin_cli.store.folder import LOG_SUFFIX, Folder
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.packing import leftover_of

_LEFT = re.compile(
    rf"\.({EXPERIMENT_ID.pattern})(?:{re.escape(LOG_SUFFIX)}\.gz\.tmp|\.[0-9]+\.unpacking)"
)


def remove(folder: Folder, experiment_id: str) -> int:
    """Remove log, archive, torn end, inbox and leftovers of an experiment, and give their bytes.

    The log goes last, or the archive where there is no log: what a killed process leaves is still
    an experiment that can be removed.

    Raises:
        UnknownExperimentError: there is none of that id.
        LockedError: somebody writes it, or packs it at this instant.
        StoreError: a file cannot be removed.
    """
    if folder.find(experiment_id) is None:
        raise UnknownExperimentError(f"no experiment {experiment_id} in {folder.root}")
    with _nobody_writes(folder.log(experiment_id)):
        paths = files_of(folder, experiment_id)
        try:
            freed = sum(path.lstat().st_size for path in paths)
            for path in paths:
                path.unlink()
        except FileNotFoundError:
            raise LockedError(f"{experiment_id} is being removed by another process") from None
        except OSError as error:
            raise StoreError(f"cannot remove {error.filename}: {error.strerror}") from None
    return freed


def files_of(folder: Folder, experiment_id: str) -> list[Path]:
    """Give the files of an experiment, in the order in which they are removed."""
    log, archive = folder.log(experiment_id), folder.archive(experiment_id)
    inbox, torn = folder.control(experiment_id), folder.torn(experiment_id)
    named = (inbox, torn, leftover_of(log), archive, log)
    return [path for path in named if os.path.lexists(path)]


def bytes_of(folder: Folder, experiment_id: str) -> int:
    """Give the bytes of all files of an experiment."""
    size = 0
    for path in files_of(folder, experiment_id):
        # It may be packed or removed at this instant.
        with suppress(FileNotFoundError):
            size += path.lstat().st_size
    return size


def sweep(folder: Folder) -> None:
    """Remove what killed processes left half packed or unpacked of experiments that are no more.

    Raises:
        StoreError: the folder cannot be read, or a file cannot be removed.
    """
    try:
        for name in os.listdir(folder.root):
            left = _LEFT.fullmatch(name)
            if left is not None and folder.find(left[1]) is None:
                (folder.root / name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"cannot sweep {folder.root}: {error.strerror}") from None


@contextmanager
def _nobody_writes(log: Path) -> Iterator[None]:
    """Hold the lock of a log, if there is one."""
    try:
        descriptor = os.open(log, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Nobody writes an archive.
        yield
        return
    except OSError as error:
        raise StoreError(f"cannot open {log}: {error.strerror}") from None
    try:
        if not LOCK.acquire(descriptor):
            raise LockedError(f"{log} is being written; it stays")
        yield
    finally:
        os.close(descriptor)
