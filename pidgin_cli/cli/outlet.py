"""stdout for an event loop: a reader that is slow makes the writer wait, not the loop."""

from __future__ import annotations

import asyncio
import os
import select
from contextlib import suppress

from pidgin_cli.cli.streams import STDOUT

UNBLOCKED = getattr(select, "PIPE_BUF", 512)
"""Bytes that a descriptor which is ready takes without making the process wait."""


class Outlet:
    """Writes to stdout in order, and never makes the event loop wait.

    The descriptor is not made non-blocking, for other processes share it: it is asked whether it
    would take a little, and is given no more than that.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._poll.register(STDOUT, select.POLLOUT)
        self._offered = b""
        self._writing = False
        self._closed = False
        self._waiting: asyncio.Future[None] | None = None
        self._given_up = False

    def give_up(self) -> None:
        """Wait no longer for a reader that does not read."""
        self._given_up = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def offer(self, data: bytes) -> None:
        """Write what can be written at once; the rest goes out before what is written next."""
        if not data or self._closed:
            return
        self._offered += data
        if not self._writing:
            # Whatever is wrong with stdout, the next write meets it again.
            with suppress(OSError):
                self._offered = bytes(self._pushed(memoryview(self._offered)))

    async def write(self, data: bytes) -> None:
        """Write all that was offered, and then all of this.

        Raises:
            BrokenPipeError: nobody reads it any more.
            TimeoutError: it was given up.
            OSError: it cannot be written.
        """
        self._writing = True
        try:
            while data or self._offered:
                view = memoryview(self._offered + data)
                self._offered = data = b""
                while view := self._pushed(view):
                    await self._ready()
        except OSError:
            self._closed = True
            raise
        finally:
            self._writing = False

    def _pushed(self, view: memoryview) -> memoryview:
        """Write as long as stdout is ready, and give the rest."""
        while view and self._poll.poll(0):
            view = view[os.write(STDOUT, view[:UNBLOCKED]) :]
        return view

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
