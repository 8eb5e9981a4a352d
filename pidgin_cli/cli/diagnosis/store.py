"""Whether the store can be written, and what has become of what is in it."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from pidgin_cli.cli.boundary import cleaned_up
from pidgin_cli.cli.diagnosis.finding import Finding
from pidgin_cli.config.settings import StorageSettings
from pidgin_cli.errors import PidginError
from pidgin_cli.store.folder import TORN_SUFFIX, Folder, standing
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.overview import Overview, overviews

SHOWN = 3
"""Ids that are named where there may be many."""
EARLIEST = 1_767_225_600
"""Unix seconds of 2026-01-01: a clock that shows less is wrong."""


def store(storage: StorageSettings, folder: Folder) -> Iterator[Finding]:
    """Look at the folder, its disk, its locks, and its experiments."""
    yield from _room(storage, folder)
    if not folder.root.exists():
        yield _to_be_made(folder.root)
        return
    yield from _folder(storage, folder)
    try:
        experiments = [*overviews(folder)]
    except PidginError as error:
        yield Finding("experiments", "problem", str(error), "make the folder readable")
        return
    yield from _experiments(experiments)
    yield from _torn(folder)


def clock(folder: Folder, now: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Look at the clock: by the calendar, and by what was recorded."""
    seconds = now()
    moment = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    latest = max(_written(folder), default=0.0)
    if seconds < EARLIEST:
        yield Finding("clock", "problem", f"it shows {moment}", "set the clock")
    elif latest > seconds + 60:
        ahead = f"a log was written {latest - seconds:.0f} s in the future"
        yield Finding("clock", "warning", f"it shows {moment}; {ahead}", "see whether it is right")
    else:
        yield Finding("clock", "ok", f"it shows {moment}")


def _written(folder: Folder) -> Iterator[float]:
    """Give when each log was written last; what is wrong with the folder is told elsewhere."""
    with suppress(PidginError):
        for path in folder.files().values():
            # It may have been packed or removed since the folder was read.
            with suppress(FileNotFoundError):
                yield standing(path).stat().st_mtime


def _room(storage: StorageSettings, folder: Folder) -> Iterator[Finding]:
    free, least = folder.free_bytes(), storage.min_free
    words = f"{free / 1e9:.1f} GB free, at least {least / 1e9:.1f} GB wanted"
    if free < least:
        yield Finding(
            "disk", "problem", words, "make room, or change events.storage.min_free or data_dir"
        )
    else:
        yield Finding("disk", "ok", words)


def _to_be_made(root: Path) -> Finding:
    above = next(path for path in root.parents if path.exists())
    if os.access(above, os.W_OK | os.X_OK):
        return Finding(
            "store", "note", f"{root} is not there yet", "the first 'pidgin run' makes it"
        )
    return Finding(
        "store",
        "problem",
        f"{root} is not there, and {above} cannot be written",
        "name another folder with --data-dir, PIDGIN_DATA_DIR or events.storage.data_dir",
    )


def _folder(storage: StorageSettings, folder: Folder) -> Iterator[Finding]:
    root, status = folder.root, folder.root.stat()
    mode = stat.S_IMODE(status.st_mode)
    too_open = mode & (0o027 if storage.group_readable else 0o077)
    if not os.access(root, os.W_OK | os.X_OK):
        yield Finding(
            "store", "problem", f"{root} cannot be written", "change its owner, or use --data-dir"
        )
        return
    if too_open:
        wanted = 0o750 if storage.group_readable else 0o700
        advice = f"chmod {wanted:o} {root}"
        yield Finding("store", "warning", f"others may read {root} (mode {mode:o})", advice)
    else:
        yield Finding("store", "ok", str(root))
    yield _locking(root)


def _locking(root: Path) -> Finding:
    try:
        with cleaned_up(), tempfile.NamedTemporaryFile(prefix=".pidgin-", dir=root) as file:
            works = LOCK.acquire(file.fileno())
            with open(file.name, "rb") as other:
                works = works and LOCK.is_held(other.fileno())
    except OSError as error:
        return Finding("locks", "problem", f"cannot try one: {error.strerror}", "use another disk")
    if works:
        return Finding("locks", "ok", "they hold")
    return Finding("locks", "problem", "this disk does not keep locks", "use another --data-dir")


def _experiments(experiments: list[Overview]) -> Iterator[Finding]:
    states = Counter(each.state for each in experiments)
    words = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    yield Finding("experiments", "ok", words or "none yet")
    closed = [each.experiment_id for each in experiments if not os.access(each.path, os.R_OK)]
    if closed:
        yield Finding(
            "experiments", "problem", f"cannot be read: {_some(closed)}", "change owner or mode"
        )
    crashed = [each.experiment_id for each in experiments if each.state == "crashed"]
    if crashed:
        yield Finding(
            "experiments",
            "warning",
            f"crashed: {_some(crashed)}",
            f"pidgin run --resume {crashed[0]}",
        )


def _torn(folder: Folder) -> Iterator[Finding]:
    torn = sorted(path.name for path in folder.root.glob(f"*{TORN_SUFFIX}"))
    if torn:
        detail = f"what crashes left of unfinished lines: {_some(torn)}"
        yield Finding("torn lines", "note", detail, "they can be removed")


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
