"""What those who steer an experiment wish, until the engine carries it out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.interventions import ConductorIntervention
from pidgin_cli.events.turns import InterruptionReason

Cut = Callable[[InterruptionReason], None]


class Control:
    """The wishes for one experiment. To be called in the event loop that runs it.

    `leaving` ends the run with a pause, `held` keeps it waiting, `stopping` completes it.
    """

    def __init__(self) -> None:
        self.leaving: Pause | None = None
        self.held: Pause | None = None
        self.stopping = False
        self.injections: deque[ConductorIntervention] = deque()
        self._changed = asyncio.Event()
        self._cut: Cut | None = None

    def leave(self, pause: Pause) -> None:
        """End the run so that it can be resumed; a response under way is cut."""
        if self.leaving is None:
            self.leaving = pause
            self._wake()
            self._interrupt("stdout_closed" if pause.reason == "stdout_closed" else "signal")

    def hold(self, detail: str) -> None:
        """Pause when the response under way is whole, and keep the process and its lock."""
        self.held = Pause("user", detail)
        self._wake()

    def go_on(self) -> None:
        """End a pause."""
        self.held = None
        self._wake()

    def stop(self) -> None:
        """Complete the experiment; a response under way is cut and kept."""
        self.stopping = True
        self._wake()
        self._interrupt("user")

    def interrupt(self) -> None:
        """Cut the response under way; what came of it is kept as a message."""
        self._interrupt("user")

    def inject(self, intervention: ConductorIntervention) -> None:
        """Put words into the conversation before the next response."""
        self.injections.append(intervention)
        self._wake()

    @property
    def ending(self) -> bool:
        """Whether nothing more is to be asked of a model."""
        return self.leaving is not None or self.stopping

    @contextmanager
    def cutting(self, cut: Cut) -> Iterator[None]:
        """Let interruptions reach the response under way."""
        self._cut = cut
        try:
            yield
        finally:
            self._cut = None

    async def changed(self, timeout: float | None = None) -> None:
        """Wait for the next wish, `timeout` seconds at the most."""
        self._changed.clear()
        if self.ending:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._changed.wait()
        except TimeoutError:
            return

    def _wake(self) -> None:
        self._changed.set()

    def _interrupt(self, reason: InterruptionReason) -> None:
        if self._cut is not None:
            self._cut(reason)
            self._wake()
