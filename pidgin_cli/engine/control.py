"""What those who steer an experiment wish, until the engine carries it out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.experiment import CompletionReason
from pidgin_cli.events.interventions import ConductorIntervention
from pidgin_cli.events.turns import InterruptionReason

Cut = Callable[[InterruptionReason], None]


class Control:
    """The wishes for one experiment. To be called in the event loop that runs it.

    `leaving` ends the run with a pause, `held` keeps it waiting, `stopping` completes it. A
    request is the id of the control line that a wish comes from, and is recorded with it.

    Args:
        attended: whether somebody is there to be asked, where the last turn asks for a pause.
        manual: whether the run is held after every turn.
    """

    def __init__(self, *, attended: bool = False, manual: bool = False) -> None:
        self.attended = attended
        self.manual = manual
        self.leaving: Pause | None = None
        self.held: Pause | None = None
        self.stopping: CompletionReason | None = None
        self.injections: deque[ConductorIntervention] = deque()
        self.stop_request: str | None = None
        self.resume_request: str | None = None
        self.interrupt_request: str | None = None
        self._changed = asyncio.Event()
        self._cut: Cut | None = None

    def leave(self, pause: Pause) -> None:
        """End the run so that it can be resumed; a response under way is cut."""
        if self.leaving is None:
            self.leaving = pause
            self._wake()
            self._interrupt("stdout_closed" if pause.reason == "stdout_closed" else "signal")

    def hold(self, detail: str, request: str | None = None) -> None:
        """Pause when the response under way is whole, and keep the process and its lock."""
        self.hold_for(Pause("user", detail, request))

    def hold_for(self, pause: Pause) -> None:
        """Pause as `hold` does, for any reason."""
        if self.held is None:
            self.held = pause
            self._wake()

    def go_on(self, request: str | None = None) -> None:
        """End a pause."""
        if self.held is not None:
            self.held, self.resume_request = None, request
            self._wake()

    def stop(self, reason: CompletionReason = "stopped", request: str | None = None) -> None:
        """Complete the experiment; a response under way is cut and kept."""
        if self.stopping is None:
            self.stopping, self.stop_request = reason, request
            self._wake()
            self._interrupt("user")

    def interrupt(self, request: str | None = None) -> None:
        """Cut the response under way; what came of it is kept as a message."""
        self.interrupt_request = request
        self._interrupt("user")

    def inject(self, intervention: ConductorIntervention) -> None:
        """Put words into the conversation before the next response."""
        self.injections.append(intervention)
        self._wake()

    @property
    def ending(self) -> bool:
        """Whether nothing more is to be asked of a model."""
        return self.leaving is not None or self.stopping is not None

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
