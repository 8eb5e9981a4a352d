"""A person at a terminal: starts a program there, reads what is shown, and types."""

from __future__ import annotations

import os
import pty
import subprocess
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.pipes.processes import PATIENCE, Home

# Whoever leads a session, and has no terminal, has the first one that it opens.
_ON_TERMINAL = 'exec "$@" <"$TERMINAL" >"$TERMINAL" 2>&1'


class Person:
    """A terminal of its own, on which one program runs in the foreground."""

    def __init__(self, home: Home, *command: str) -> None:
        self.master, self._slave = pty.openpty()
        self.modes = self.terminal_modes()
        self.shown = b""
        self._seen = 0
        self.process = subprocess.Popen(
            ["sh", "-c", _ON_TERMINAL, "sh", *command],
            env={**home.environ, "TERMINAL": os.ttyname(self._slave)},
            cwd=home.root,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def sees(self, words: str) -> None:
        """Wait until these words are shown, behind those that were seen before."""
        wanted, deadline = words.encode(), time.monotonic() + PATIENCE
        while (place := self.shown.find(wanted, self._seen)) < 0:
            assert time.monotonic() < deadline, f"{words!r} is not in {self.shown[self._seen :]!r}"
            time.sleep(0.005)
        self._seen = place + len(wanted)

    def resizes(self, columns: int) -> None:
        termios.tcsetwinsize(self.master, (24, columns))

    def types(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def leaves(self) -> int:
        """Wait for the end of the program, and give its status."""
        status = self.process.wait(PATIENCE)
        os.close(self._slave)
        self._reader.join(PATIENCE)
        return status

    def terminal_modes(self) -> list[Any]:
        return termios.tcgetattr(self.master)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for descriptor in (self.master, self._slave):
            try:
                os.close(descriptor)
            except OSError:
                continue

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self.master, 1 << 16)
            except OSError:
                return
            if not piece:
                return
            self.shown += piece


@contextmanager
def person(home: Home, *command: str) -> Iterator[Person]:
    """Start a program on a terminal of its own; it does not outlive the block."""
    someone = Person(home, *command)
    try:
        yield someone
    finally:
        someone.close()
