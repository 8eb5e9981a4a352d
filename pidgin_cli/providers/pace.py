"""How often the streams of a run are looked at, so that many of them at once stay cheap."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

PAUSE, LONGEST_PAUSE = 0.004, 0.2
"""Seconds between two looks at one stream, for each that is open: 250 looks a second in all."""
SHARE = 0.25
"""Of the time that a stream has been open, which a pause does not exceed: short answers of fast
services are not held up for long."""
LARGE = 16_384
"""Bytes of a helping after which there is no pause: a larger one would not be cheaper."""


class Pace:
    """Lets each stream rest between two looks, the longer the more of them are open.

    Most of what a piece of text costs is the fetching, and it costs the same for one piece as
    for ten that came meanwhile. One stream alone rests so shortly that nobody sees it, and the
    first piece of an answer never waits.

    Args:
        clock: seconds that never go back.
        sleep: waits for some seconds.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._open = 0

    async def blocks(self, arriving: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
        """Give the blocks as they arrive. What arrives during a rest waits in the kernel."""
        others_ran = _OthersRan(asyncio.get_running_loop())
        opened, next_look, helping = self._clock(), 0.0, 0
        self._open += 1
        try:
            while True:
                others_ran.watch()
                block = await anext(arriving, None)
                if block is None:
                    return
                if others_ran.since_watched:
                    now = self._clock()
                    if now < next_look and helping < LARGE:
                        await self._sleep(next_look - now)
                        now = self._clock()
                    pause = min(PAUSE * self._open, LONGEST_PAUSE, SHARE * (now - opened))
                    next_look, helping = now + pause, 0
                helping += len(block)
                yield block
        finally:
            self._open -= 1


class _OthersRan:
    """Tells whether an await had to wait for something, or had its result at once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.since_watched = True
        self._loop = loop

    def watch(self) -> None:
        if self.since_watched:
            self.since_watched = False
            self._loop.call_soon(self._ran)

    def _ran(self) -> None:
        self.since_watched = True
