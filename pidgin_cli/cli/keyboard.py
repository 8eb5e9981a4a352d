"""The terminal as keys: one by one, without echo, and as it was again whatever happens."""

from __future__ import annotations

import asyncio
import codecs
import os
import signal
import termios
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pidgin_cli.cli.boundary import die_of
from pidgin_cli.cli.streams import STDOUT

TERMINAL = "/dev/tty"
_LOCAL_MODES = 3
_CONTROL_CHARACTERS = 6


class Keyboard:
    """The keys of the terminal on which this process is shown, in an event loop.

    Args:
        descriptor: of the terminal, open for reading and writing.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before: list[Any] = termios.tcgetattr(descriptor)
        self._decoder = codecs.getincrementaldecoder("utf-8")("ignore")
        self._typed: Callable[[str], None] = _nothing
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self, typed: Callable[[str], None]) -> None:
        """Call with what is typed from now on."""
        self._typed = typed
        self._loop = asyncio.get_running_loop()
        self._loop.add_signal_handler(signal.SIGCONT, self._take)
        self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        self._loop.add_signal_handler(signal.SIGQUIT, self._quit)
        self._take()

    def show(self, text: str) -> None:
        """Write to the terminal, wherever stdout goes."""
        with suppress(OSError):
            os.write(self._descriptor, text.encode(errors="replace"))

    def release(self) -> None:
        """Leave the terminal as it was. May be called at any time, and twice."""
        if self._loop is not None:
            self._loop.remove_reader(self._descriptor)
        if _is_ours(self._descriptor):
            with suppress(termios.error):
                termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)

    def close(self) -> None:
        """Leave the terminal as it was, for good. May be called twice."""
        if self._descriptor < 0:
            return
        self.release()
        if self._loop is not None:
            for number in (signal.SIGCONT, signal.SIGTSTP, signal.SIGQUIT):
                self._loop.remove_signal_handler(number)
        os.close(self._descriptor)
        self._loop, self._descriptor = None, -1

    def _take(self) -> None:
        """Take the terminal, if this process is in its foreground: others need it otherwise."""
        if self._loop is None or not _is_ours(self._descriptor):
            return
        modes = termios.tcgetattr(self._descriptor)
        modes[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)
        modes[_CONTROL_CHARACTERS][termios.VMIN] = 1
        modes[_CONTROL_CHARACTERS][termios.VTIME] = 0
        termios.tcsetattr(self._descriptor, termios.TCSANOW, modes)
        self._loop.add_reader(self._descriptor, self._read)

    def _read(self) -> None:
        if not _is_ours(self._descriptor):
            # To read in the background would stop the process.
            self.release()
            return
        try:
            data = os.read(self._descriptor, 1 << 16)
        except OSError:
            data = b""
        if not data and self._loop is not None:
            # It has hung up.
            self._loop.remove_reader(self._descriptor)
        text = self._decoder.decode(data)
        if text:
            self._typed(text)

    def _suspend(self) -> None:
        self.release()
        if self._loop is not None:
            self._loop.remove_signal_handler(signal.SIGTSTP)
            os.kill(os.getpid(), signal.SIGTSTP)
            # Here it goes on.
            self._loop.add_signal_handler(signal.SIGTSTP, self._suspend)
            self._take()

    def _quit(self) -> None:
        self.release()
        die_of(signal.SIGQUIT)


def open_keyboard() -> Keyboard | None:
    """Give the keys of the terminal that shows stdout; None where nobody sits there.

    A process in the background has none, and neither has one whose stdout is another terminal.
    """
    if not _is_ours(STDOUT):
        return None
    try:
        descriptor = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return Keyboard(descriptor)
    except termios.error:
        os.close(descriptor)
        return None


def _is_ours(descriptor: int) -> bool:
    """Say whether this process is in the foreground of that terminal."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except OSError:
        return False


def _nothing(typed: str) -> None:
    """Take no notice."""
