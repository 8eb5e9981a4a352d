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
from pidgin_cli.cli.compressing import pack_completed
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.outlet import Outlet
from pidgin_cli.cli.rendering import Rendering, RenderingOptions
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.dialogue import Surroundings
from pidgin_cli.engine.engine import DialogueEngine, Resumption
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.fleet import Fleet
from pidgin_cli.engine.rerun import Rerun
from pidgin_cli.engine.responses import Calling
from pidgin_cli.engine.turns import Pause
from pidgin_cli.errors import ExitStatus, PidginError, StoreError
from pidgin_cli.events.event import Event
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.writer import already_there

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SHOWN_DIFFERENCES = 20
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
    omit_refused: Annotated[
        bool,
        typer.Option(
            "--omit-refused",
            help="Leave out a parameter that a model is known to refuse, which is else an error.",
        ),
    ] = False
    no_store: Annotated[
        bool, typer.Option("--no-store", help="Keep nothing: events go to stdout only.")
    ] = False
    keep_going: Annotated[
        bool,
        typer.Option("--keep-going", help="Go on into the store when nobody reads stdout."),
    ] = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be run.

    Args:
        rerun: what is given again, where the experiment is one that ran before.
    """

    experiments: Sequence[Experiment | Resumption]
    router: Router
    rerun: Rerun | None = None


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
    _ended: dict[str, ExitStatus] = field(default_factory=dict)

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
        return ExitStatus.worst([*self._statuses, *self._ended.values()])

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


def hold(wanted: Wanted, options: HoldingOptions, settings: Settings) -> ExitStatus:
    """Run the experiments and bring their events to stdout; the router is closed at the end.

    Raises:
        PidginError: something cannot be begun; nothing was made then.
    """
    folder = None if options.no_store else folder_of(settings)
    if folder is not None:
        _check_folder(folder, wanted.experiments, settings)
    rendering, outlet = options.rendering(single=len(wanted.experiments) == 1), Outlet()

    def shown(experiment_id: str, agent_id: str, response: int, text: str) -> None:
        outlet.offer(rendering.watch(agent_id, response, text))
        if wanted.rerun is not None:
            wanted.rerun.watch(experiment_id, agent_id, response, text)

    with EventStore(folder, durability=settings.events.storage.durability) as store:
        least = settings.events.storage.min_free
        calling = Calling(retries=options.max_retries, watch=shown)
        engine = DialogueEngine(Surroundings(wanted.router, store, calling, least))
        for experiment in wanted.experiments:
            engine.check(experiment)
        fleet = _fleet(wanted, engine, options)
        say = _nothing if options.quiet or options.as_text else complain
        run = Run(fleet, rendering, outlet, options.keep_going, say)
        status = _drained(run, fleet.run(wanted.experiments), wanted.router)
    if folder is not None:
        names = [experiment.experiment_id for experiment in wanted.experiments]
        status = ExitStatus.worst([status, _stored(folder, names, settings)])
    return status if wanted.rerun is None else _compared(wanted.rerun, status, options)


def _stored(folder: Folder, experiment_ids: Sequence[str], settings: Settings) -> ExitStatus:
    """Do what is done with logs that have come to an end: into the index, into archives."""
    if settings.events.index.update:
        from pidgin_cli.cli.indexing import index_after_run

        index_after_run(folder)
    return pack_completed(folder, experiment_ids, settings.events.compression)


def _fleet(wanted: Wanted, engine: DialogueEngine, options: HoldingOptions) -> Fleet:
    jobs, rerun = min(options.jobs, len(wanted.experiments)), wanted.rerun
    if rerun is None:
        return Fleet(engine, jobs)
    return Fleet(engine, jobs, lambda: rerun.control, rerun.steer)


def _compared(rerun: Rerun, status: ExitStatus, options: HoldingOptions) -> ExitStatus:
    """Say where a run that was given again went another way."""
    differences = list(rerun.differences())
    for difference in differences[:SHOWN_DIFFERENCES]:
        complain(difference)
    if differences:
        complain(f"{len(differences)} of what follows from the responses differ from the record")
        return ExitStatus.FAILED
    if not options.quiet:
        complain("everything that follows from the responses is as it was recorded")
    # A record that ends with a pause was given again to its end.
    return ExitStatus.DONE if status == ExitStatus.PAUSED else status


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


def _check_folder(
    folder: Folder, experiments: Sequence[Experiment | Resumption], settings: Settings
) -> None:
    for experiment in experiments:
        if isinstance(experiment, Resumption):
            continue
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
