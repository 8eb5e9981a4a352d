"""Asking the disk, at least every second of activity, to keep what was written."""

from __future__ import annotations

import threading
from contextlib import suppress

from pidgin_cli.errors import StoreError
from pidgin_cli.store.writer import FileLog

INTERVAL = 1.0
"""Seconds between two rounds."""


class BatchSync:
    """A thread that syncs the logs which were written to since its last round.

    A log that the disk refused remembers it, and its next write raises.
    """

    def __init__(self, interval: float = INTERVAL) -> None:
        self._interval = interval
        self._logs: set[FileLog] = set()
        self._changing = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def add(self, log: FileLog) -> None:
        """Look after this log from now on."""
        with self._changing:
            self._logs.add(log)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
                self._thread.start()

    def discard(self, log: FileLog) -> None:
        """Look after this log no longer."""
        with self._changing:
            self._logs.discard(log)

    def close(self) -> None:
        """End the thread."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            with self._changing:
                dirty = [log for log in self._logs if log.dirty]
            for log in dirty:
                with suppress(StoreError):
                    log.sync()
