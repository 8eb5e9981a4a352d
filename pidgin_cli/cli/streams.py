"""stdin and stdout: what is read and written as bytes, and flushed as a pipe expects."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import Iterable

STDIN, STDOUT, STDERR = 0, 1, 2
GATHERED = 1 << 16
"""Bytes that are gathered before they are written, while more input is at hand."""
UNBLOCKED = 512 if not hasattr(select, "PIPE_BUF") else select.PIPE_BUF
"""Bytes that a descriptor which is ready takes without making the process wait."""


def is_terminal(descriptor: int) -> bool:
    """Say whether a person sits at the other end."""
    return os.isatty(descriptor)


def write_all(data: bytes) -> None:
    """Write all of it to stdout.

    Raises:
        BrokenPipeError: nobody reads it any more.
        OSError: it cannot be written.
    """
    view = memoryview(data)
    while view:
        view = view[os.write(STDOUT, view) :]


class Sink:
    """Gathers bytes for stdout; whoever reads the input flushes it before waiting for more."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Take bytes that are to be written."""
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= GATHERED:
            self.flush()

    def write_each(self, pieces: Iterable[bytes]) -> None:
        """Take all of these, and write everything."""
        for piece in pieces:
            self.write(piece)
        self.flush()

    def flush(self) -> None:
        """Write what has gathered."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces:
            write_all(b"".join(pieces))


class Outlet:
    """stdout for an event loop: a reader that is slow makes the writer wait, not the loop.

    The descriptor is not made non-blocking, for other processes share it: it is asked whether it
    would take a little, and is given no more than that.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._poll.register(STDOUT, select.POLLOUT)
        self._waiting: asyncio.Future[None] | None = None
        self._given_up = False

    def give_up(self) -> None:
        """Wait no longer for a reader that does not read."""
        self._given_up = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    async def write(self, data: bytes) -> None:
        """Write all of it.

        Raises:
            BrokenPipeError: nobody reads it any more.
            TimeoutError: it was given up.
            OSError: it cannot be written.
        """
        view = memoryview(data)
        while view:
            while not self._poll.poll(0):
                await self._ready()
            view = view[os.write(STDOUT, view[:UNBLOCKED]) :]

    async def _ready(self) -> None:
        if self._given_up:
            raise TimeoutError("the reader of stdout does not read")
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        loop.add_writer(STDOUT, self._waiting.set_result, None)
        try:
            await self._waiting
        finally:
            loop.remove_writer(STDOUT)
