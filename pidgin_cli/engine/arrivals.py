"""What reaches a response under way, in order: the service's chunks, a cut, a tick of the clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from pidgin_cli.events.turns import InterruptionReason
from pidgin_cli.providers.base import Chunk, ProviderError

QUEUED_CHUNKS = 256
"""Chunks that may wait between the service and the log."""
CLOSING_SECONDS = 1.0
"""How long a stream that was cut may take to let go of its connection."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Somebody wants the response to end here."""

    reason: InterruptionReason


@dataclass(frozen=True, slots=True)
class Tick:
    """The time that was asked for is over."""


class Arrivals:
    """Reads a stream in a task of its own, so that a cut or a tick need not wait for a chunk."""

    def __init__(self, stream: AsyncGenerator[Chunk, None]) -> None:
        self._stream = stream
        self._queue: asyncio.Queue[Chunk | Exception | None] = asyncio.Queue(QUEUED_CHUNKS)
        self._cut: Cut | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ticked = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=CLOSING_SECONDS)

    async def next(self) -> Chunk | Cut | Tick:
        """Wait for what comes next. A cut comes before the chunks that still wait.

        Raises:
            ProviderError: the stream failed, or ended before its end.
        """
        while True:
            if self._cut is not None:
                return self._cut
            if self._ticked:
                self._ticked = False
                return Tick()
            item = await self._queue.get()
            if isinstance(item, Exception):
                raise item
            if item is not None and self._cut is None:
                return item

    def cut(self, reason: InterruptionReason) -> None:
        """Let the response end here."""
        self._cut = Cut(reason)
        self._wake()

    def tick_in(self, seconds: float) -> None:
        """Give a Tick in that many seconds, unless one is under way."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._ticked = True
        self._wake()

    def _wake(self) -> None:
        if self._queue.empty():
            self._queue.put_nowait(None)

    async def _read(self) -> None:
        try:
            async with aclosing(self._stream) as chunks:
                async for chunk in chunks:
                    await self._queue.put(chunk)
            end: Exception = ProviderError("stream_broken", "the stream ended before its end")
        except Exception as error:  # noqa: BLE001 - it is raised again where the queue is read
            end = error
        await self._queue.put(end)
