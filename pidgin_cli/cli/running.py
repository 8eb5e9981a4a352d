"""A run as a process: signals and a closed stdout become pauses, events become output."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Annotated

import typer

from pidgin_cli.cli.boundary import DiedOfSignal, complain, die_of
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.outlet import Outlet
from pidgin_cli.cli.rendering import Rendering, RenderingOptions
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.dialogue import Surroundings
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.fleet import Fleet
from pidgin_cli.engine.responses import Calling
from pidgin_cli.engine.turns import Pause
from pidgin_cli.errors import ExitStatus, PidginError, StoreError
from pidgin_cli.events.event import Event
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.writer import already_there

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 1.0
"""Seconds that a reader of stdout has to take the last events after a signal."""


@dataclass(frozen=True, kw_only=True)
class HoldingOptions(RenderingOptions):
    """What is asked of a run as a process."""

    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="How many are run at once.")] = 1
    max_retries: Annotated[
        int,
        typer.Option(
            "--max-retries",
            min=0,
            help="Further attempts after a call that failed before any text came.",
        ),
    ] = Calling().retries
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Keep nothing: events go to stdout only.")
    ] = False
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Go on into the store when nobody reads stdout."),
    ] = False


@dataclass(slots=True)
class Run:
    """One call of `run`: what is to be said of it at its end.

    Args:
        keep_going: whether a closed stdout is no reason to end.
        say: tells a person on stderr.
    """

    fleet: Fleet
    rendering: Rendering
    outlet: Outlet
    keep_going: bool
    say: Callable[[str], None]
    _died_of: int | None = None
    _listening: bool = True
    _warned: set[tuple[str, str | None]] = field(default_factory=set)
    _statuses: list[ExitStatus] = field(default_factory=list)

    async def drain(self, events: AsyncGenerator[Event, None]) -> ExitStatus:
        """Bring all events to stdout, and give the status of the worst experiment.

        Raises:
            DiedOfSignal: a signal or a closed stdout ended it, and everything is cleaned up.
            PidginError: an experiment could not be begun or recorded.
        """
        self._catch_signals()
        async with aclosing(events):
            async for event in events:
                self._note(event)
                await self._deliver(self.rendering.feed(event))
        await self._deliver(self.rendering.finish())
        if self._died_of is not None:
            raise DiedOfSignal(self._died_of)
        self._raise_failures()
        return ExitStatus.worst(self._statuses)

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            # What nohup or a shell script has told it to ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: int) -> None:
        if self._died_of is not None:
            # Asked a second time: everything that happened is in the log already.
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
        match event.type:
            case "context.usage" if "note" in event.data:
                who = (event.experiment_id, event.agent_id)
                if who not in self._warned:
                    self._warned.add(who)
                    self.say(f"{event.experiment_id}: {event.agent_id}: {event.data['note']}")
            case "experiment.failed":
                error = event.data["error"]
                complain(f"{event.experiment_id} failed: {error['kind']}: {error['message']}")
                self._statuses.append(ExitStatus.FAILED)
            case "pause.requested" if event.data["reason"] not in ("signal", "stdout_closed"):
                complain(f"{event.experiment_id} paused: {event.data['detail']}")
                self._statuses.append(ExitStatus.PAUSED)
            case "pause.requested" if event.data["reason"] == "signal":
                self.say(f"{event.experiment_id} paused by {event.data['detail']}")

    def _raise_failures(self) -> None:
        for experiment_id, error in self.fleet.failures.items():
            if len(self.fleet.failures) == 1 and not self._statuses:
                raise error
            complain(f"{experiment_id}: {error}")
            status = error.exit_status if isinstance(error, PidginError) else ExitStatus.FAILED
            self._statuses.append(status)


def hold(
    experiments: Sequence[Experiment],
    options: HoldingOptions,
    settings: Settings,
    router: Router,
) -> ExitStatus:
    """Run the experiments and bring their events to stdout; the router is closed at the end.

    Raises:
        PidginError: something cannot be begun; nothing was made then.
    """
    folder = None if options.no_store else folder_of(settings)
    if folder is not None:
        _check_folder(folder, experiments, settings)
    rendering, outlet = options.rendering(single=len(experiments) == 1), Outlet()

    def shown(experiment_id: str, agent_id: str, response: int, text: str) -> None:
        outlet.offer(rendering.watch(agent_id, response, text))

    with EventStore(folder, durability=settings.events.storage.durability) as store:
        least = settings.events.storage.min_free
        calling = Calling(retries=options.max_retries, watch=shown)
        engine = DialogueEngine(Surroundings(router, store, calling, least))
        for experiment in experiments:
            engine.check(experiment)
        fleet = Fleet(engine, min(options.jobs, len(experiments)))
        say = _nothing if options.quiet or options.as_text else complain
        run = Run(fleet, rendering, outlet, options.keep_going, say)
        return _drained(run, fleet.run(experiments), router)


def _drained(run: Run, events: AsyncGenerator[Event, None], router: Router) -> ExitStatus:
    async def drained() -> ExitStatus:
        try:
            return await run.drain(events)
        finally:
            await router.close()

    interrupt = signal.getsignal(signal.SIGINT)
    try:
        return asyncio.run(drained())
    finally:
        # The loop leaves Python's own handler behind, which would raise wherever it finds us.
        signal.signal(signal.SIGINT, interrupt)


def _check_folder(folder: Folder, experiments: Sequence[Experiment], settings: Settings) -> None:
    for experiment in experiments:
        path = folder.find(experiment.experiment_id)
        # A run that was killed before its first event leaves an empty log, which holds no id.
        if path is not None and path.stat().st_size > 0:
            raise already_there(experiment.experiment_id, path)
    free, least = folder.free_bytes(), settings.events.storage.min_free
    if free < least:
        raise StoreError(
            f"only {free} bytes are free on the disk of {folder.root}, and "
            f"events.storage.min_free asks for {least}; make room or choose another --data-dir"
        )


def _nothing(message: str) -> None:
    """Say nothing."""
