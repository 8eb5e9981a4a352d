"""How many calls go to one service at once, how fast, and when none may."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager


class Limiter:
    """Lets calls pass in the order in which they came. One serves all conversations with a service.

    Calls are spread evenly over the minute, since services refuse bursts even where the minute
    as a whole has room.

    Args:
        concurrency: calls that may be under way at once; None for any number.
        requests_per_minute: calls that may begin in a minute; None for any number.
        clock: seconds that never go back.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        concurrency: int | None = None,
        requests_per_minute: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._places = asyncio.Semaphore(concurrency) if concurrency else None
        self._spacing = 60.0 / requests_per_minute if requests_per_minute else 0.0
        self._clock = clock
        self._sleep = sleep
        # Whoever is first in the queue holds it while it waits for a place and for its time, so
        # that nobody overtakes; if it is cancelled the next one takes its place.
        self._head = asyncio.Lock()
        self._not_before = 0.0

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None, None]:
        """Wait for a place, and give it back at the end."""
        async with self._head:
            if self._places is not None:
                await self._places.acquire()
            try:
                await self._pass()
            except BaseException:
                self._leave()
                raise
        try:
            yield
        finally:
            self._leave()

    def hold(self, seconds: float) -> None:
        """Let nobody pass for that many seconds; a longer hold stays in force."""
        self._not_before = max(self._not_before, self._clock() + seconds)

    async def _pass(self) -> None:
        while (wait := self._not_before - self._clock()) > 0:
            await self._sleep(wait)
        if self._spacing:
            self._not_before = self._clock() + self._spacing

    def _leave(self) -> None:
        if self._places is not None:
            self._places.release()
