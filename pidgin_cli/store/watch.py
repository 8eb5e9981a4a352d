"""Waiting until something in a folder changes: by inotify, or else by looking often."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

POLL_INTERVAL = 0.05
"""Seconds between two looks where the system cannot tell."""


class Watch:
    """Wakes up when a file in the folder was written, made, renamed or removed.

    Args:
        closed_only: whether only files count that somebody wrote and let go of, so that those
            which are being written wake nobody up.
    """

    def __init__(self, folder: Path, *, closed_only: bool = False) -> None:
        self._folder = folder
        self._inotify = _inotify(folder, closed_only=closed_only)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Watch no more."""
        if self._inotify is not None:
            self._inotify.close()
            self._inotify = None

    @property
    def descriptor(self) -> int | None:
        """What is ready to be read at a change; None where the system cannot tell."""
        return None if self._inotify is None else int(self._inotify.fileno())

    def changed(self) -> set[str]:
        """Give the names of the files that have changed since, without waiting."""
        return set() if self._inotify is None else {e.name for e in self._inotify.read(timeout=0)}

    def wait(self, seconds: float) -> frozenset[str] | None:
        """Return at the next change, or after that many seconds.

        What changed since the last call, or since the watch was made, counts as the next change.

        Returns:
            The names of the files that changed, none after the time, or None where any file may
            have changed.
        """
        if self._inotify is None:
            time.sleep(min(POLL_INTERVAL, seconds))
            return None
        changes = self._inotify.read(timeout=seconds * 1000)
        # A change without a name is that too many came at once, or that the folder went away.
        names = frozenset(change.name for change in changes)
        return None if "" in names else names


def _inotify(folder: Path, *, closed_only: bool) -> Any:
    """Give what tells of changes; None where there is no such thing. It ships no types."""
    try:
        from inotify_simple import INotify, flags
    except ImportError:
        return None
    # A writer that came to an end may have written nothing more.
    mask = flags.CLOSE_WRITE
    if not closed_only:
        mask |= flags.MODIFY | flags.CREATE | flags.MOVED_TO | flags.MOVED_FROM | flags.DELETE
    try:
        inotify = INotify()
    except OSError:
        # No instance is left for this user.
        return None
    try:
        inotify.add_watch(folder, mask)
    except OSError:
        # No watch is left, or there is no such folder.
        inotify.close()
        return None
    return inotify
