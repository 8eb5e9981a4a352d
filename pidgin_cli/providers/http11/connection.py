"""A connection to a server: what is to be sent goes out at once, what arrives is asked for."""

from __future__ import annotations

import asyncio
from typing import cast


class Connection(asyncio.Protocol):
    """One TCP connection, with TLS or without.

    What nobody asks for waits in the kernel: a server that writes a word at a time is then read
    ten words at a time, by whoever comes as seldom.
    """

    def __init__(self) -> None:
        self._arrived: list[bytes] = []
        self._ended = False
        self._error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; the event loop calls it."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and no more until it is asked for; the event loop calls it."""
        self._arrived.append(data)
        self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Hear that nothing more will arrive; the event loop calls it, and closes."""
        self._ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """Hear that it is over; the event loop calls it."""
        self._ended = True
        self._error = error
        self._wake()

    @property
    def usable(self) -> bool:
        """Whether a request may go out: it is open, and nothing came that was not asked for."""
        return not (self._ended or self._arrived or self._transport.is_closing())

    def send(self, data: bytes) -> None:
        """Let these bytes go out, in the background where there are many."""
        self._transport.write(data)

    def listen(self) -> None:
        """Read on while nothing is asked, so that the end of the connection is noticed."""
        if not self._ended:
            self._transport.resume_reading()

    async def receive(self, seconds: float | None) -> bytes:
        """Wait for what arrives next, and give it: nothing at the end.

        Raises:
            TimeoutError: nothing comes for that long.
            OSError: the connection broke.
        """
        if not self._arrived and not self._ended:
            self._waiting = asyncio.get_running_loop().create_future()
            self._transport.resume_reading()
            async with asyncio.timeout(seconds):
                await self._waiting
        arrived, self._arrived = self._arrived, []
        if not arrived and self._error is not None:
            raise self._error
        return b"".join(arrived)

    def abort(self) -> None:
        """Let go of it at once."""
        self._ended = True
        self._transport.abort()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
