"""What reaches a response under way, in order: the service's chunks, a cut, a tick of the clock."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from pidgin_cli.events.turns import InterruptionReason
from pidgin_cli.providers.base import Chunk, ProviderError

MOST_WAITING = 256
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
    """Reads a stream in a task of its own, so that a cut or a tick need not wait for a chunk.

    Chunks that came together are taken together, with one switch between the two tasks.
    """

    def __init__(self, stream: AsyncGenerator[Chunk, None]) -> None:
        self._stream = stream
        self._chunks: deque[Chunk] = deque()
        self._end: Exception | None = None
        self._cut: Cut | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ticked = False
        self._something = asyncio.Event()
        self._room = asyncio.Event()

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

    async def come(self) -> None:
        """Wait until there is something to take."""
        await self._something.wait()

    def taken(self) -> Iterator[Chunk | Cut | Tick]:
        """Give what has come, and end where nothing more is there. A cut goes before chunks.

        Raises:
            ProviderError: the stream failed, or ended before its end.
        """
        while True:
            if self._cut is not None:
                yield self._cut
            elif self._ticked:
                self._ticked = False
                yield Tick()
            elif self._chunks:
                yield self._chunks.popleft()
            elif self._end is not None:
                raise self._end
            else:
                break
        self._something.clear()
        self._room.set()

    def cut(self, reason: InterruptionReason) -> None:
        """Let the response end here."""
        self._cut = Cut(reason)
        self._something.set()

    def tick_in(self, seconds: float) -> None:
        """Give a Tick in that many seconds, unless one is under way."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._on_time)

    def _on_time(self) -> None:
        self._timer = None
        self._ticked = True
        self._something.set()

    async def _read(self) -> None:
        try:
            async with aclosing(self._stream) as chunks:
                async for chunk in chunks:
                    await self._put(chunk)
            end: Exception = ProviderError("stream_broken", "the stream ended before its end")
        except Exception as error:  # noqa: BLE001 - it is raised again where chunks are taken
            end = error
        self._end = end
        self._something.set()

    async def _put(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        self._something.set()
        if len(self._chunks) >= MOST_WAITING:
            self._room.clear()
            await self._room.wait()
