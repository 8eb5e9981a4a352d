"""A run as a process: signals and a closed stdout become pauses, events become output."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from pidgin_cli.cli.boundary import DiedOfSignal, complain, die_of
from pidgin_cli.cli.outlet import Outlet
from pidgin_cli.cli.rendering import Rendering
from pidgin_cli.cli.session import Session
from pidgin_cli.engine.fleet import Fleet
from pidgin_cli.engine.turns import Pause
from pidgin_cli.errors import ExitStatus, PidginError
from pidgin_cli.events.event import Event
from pidgin_cli.providers.router import Router

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 1.0
"""Seconds that a reader of stdout has to take the last events after a signal."""


@dataclass(slots=True)
class Run:
    """One call of `run`: what is to be said of it at its end.

    Args:
        keep_going: whether a closed stdout is no reason to end.
        say: tells a person on stderr.
        session: the person at the terminal, where there is one.
    """

    fleet: Fleet
    rendering: Rendering
    outlet: Outlet
    keep_going: bool
    say: Callable[[str], None]
    session: Session | None = None
    _died_of: int | None = None
    _listening: bool = True
    _warned: set[tuple[str, str | None]] = field(default_factory=set)
    _statuses: list[ExitStatus] = field(default_factory=list)
    _ended: dict[str, ExitStatus] = field(default_factory=dict)

    async def drain(self, events: AsyncGenerator[Event, None]) -> ExitStatus:
        """Bring all events to stdout, and give the status of the worst experiment.

        Raises:
            DiedOfSignal: a signal or a closed stdout ended it, and everything is cleaned up.
            PidginError: an experiment could not be begun or recorded.
        """
        self._catch_signals()
        if self.session is not None:
            self.session.begin()
        async with aclosing(events):
            async for event in events:
                self._note(event)
                await self._deliver(self.rendering.feed(event))
                if self.session is not None:
                    self.session.seen(event)
        await self._deliver(self.rendering.finish())
        if self._died_of is not None:
            raise DiedOfSignal(self._died_of)
        self._raise_failures()
        return ExitStatus.worst([*self._statuses, *self._ended.values()])

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            # What nohup or a shell script has told it to ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: int) -> None:
        if number == signal.SIGINT and self.session is not None and self.session.interrupt():
            return
        if self._died_of is not None:
            # Asked a second time: everything that happened is in the log already.
            if self.session is not None:
                self.session.end()
            die_of(number)
        self._died_of = number
        self.fleet.leave(Pause("signal", signal.Signals(number).name))
        asyncio.get_running_loop().call_later(GRACE, self.outlet.give_up)

    async def _deliver(self, data: bytes) -> None:
        if not self._listening:
            return
        try:
            await self.outlet.write(data)
        except OSError as error:
            self._listening = False
            if self._died_of is None:
                self._stdout_failed(error)

    def _stdout_failed(self, error: OSError) -> None:
        detail = error.strerror or str(error)
        closed = isinstance(error, BrokenPipeError)
        if not closed:
            complain(f"cannot write to stdout: {detail}")
            self._statuses.append(ExitStatus.FAILED)
        if not self.keep_going:
            self._died_of = signal.SIGPIPE if closed else None
            self.fleet.leave(Pause("stdout_closed", detail))

    def _note(self, event: Event) -> None:
        if "copied_from" in event.extra:
            # It happened in the parent of a branch, and was told then.
            return
        experiment_id, data = event.experiment_id, event.data
        match event.type:
            case "context.usage" if "note" in data:
                self._warn(experiment_id, event.agent_id, f"{event.agent_id}: {data['note']}")
            case "turn.started" if data.get("limits_reached"):
                for limit in data["limits_reached"]:
                    self._warn(experiment_id, limit, f"the limit of {limit} is reached")
            case "experiment.failed":
                error = data["error"]
                complain(f"{experiment_id} failed: {error['kind']}: {error['message']}")
                self._ended[experiment_id] = ExitStatus.FAILED
            case "experiment.resumed" | "experiment.completed":
                self._ended.pop(experiment_id, None)
            case "pause.requested":
                self._note_pause(experiment_id, data["reason"], data["detail"])

    def _note_pause(self, experiment_id: str, reason: str, detail: str) -> None:
        if reason == "signal":
            self.say(f"{experiment_id} paused by {detail}")
        elif reason == "user":
            self.say(f"{experiment_id} paused, {detail}")
            self._ended[experiment_id] = ExitStatus.PAUSED
        elif reason != "stdout_closed":
            complain(f"{experiment_id} paused: {detail}")
            self._ended[experiment_id] = ExitStatus.PAUSED

    def _warn(self, experiment_id: str, about: str | None, words: str) -> None:
        """Say something of an experiment once."""
        if (experiment_id, about) not in self._warned:
            self._warned.add((experiment_id, about))
            self.say(f"{experiment_id}: {words}")

    def _raise_failures(self) -> None:
        for experiment_id, error in self.fleet.failures.items():
            if len(self.fleet.failures) == 1 and not (self._statuses or self._ended):
                raise error
            complain(f"{experiment_id}: {error}")
            status = error.exit_status if isinstance(error, PidginError) else ExitStatus.FAILED
            self._statuses.append(status)


def drained(run: Run, events: AsyncGenerator[Event, None], router: Router) -> ExitStatus:
    """Drain a run in an event loop of its own, and leave terminal and connections behind."""

    async def draining() -> ExitStatus:
        try:
            return await run.drain(events)
        finally:
            if run.session is not None:
                run.session.end()
            await router.close()

    interrupt = signal.getsignal(signal.SIGINT)
    try:
        return asyncio.run(draining())
    finally:
        # The loop leaves Python's own handler behind, which would raise wherever it finds us.
        signal.signal(signal.SIGINT, interrupt)
