"""How far a long work is, on the terminal of a person who waits for it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from pidgin_cli.cli.streams import STDERR

PATIENCE = 1.0
"""Seconds for which nothing is shown."""

_EVERY = 0.2
_ERASED = b"\r\x1b[K"


class Progress:
    """A line that says which part of so many bytes is done; any thread may tell it of more.

    Args:
        total: bytes.
        shown: whether there is a terminal to show it on.
    """

    def __init__(
        self, total: int, *, shown: bool, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._total = total
        self._shown = shown and total > 0
        self._monotonic = monotonic
        self._done = 0
        self._next = monotonic() + PATIENCE
        self._stands = False
        self._telling = threading.Lock()

    def __call__(self, count: int) -> None:
        """Take in that so many bytes more are done."""
        with self._telling:
            self._done += count
            if self._shown and self._monotonic() >= self._next:
                self._next = self._monotonic() + _EVERY
                self._stands = True
                part = min(100 * self._done // self._total, 100)
                os.write(STDERR, _ERASED + f"{part} % of {self._total:,} bytes".encode())

    def clear(self) -> None:
        """Take the line away, so that other words can stand there."""
        with self._telling:
            if self._stands:
                self._stands = False
                os.write(STDERR, _ERASED)
