"""Joining `run`: experiments, store, services and the person at the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Annotated

import typer

from pidgin_cli.cli.boundary import complain, silence
from pidgin_cli.cli.compressing import pack_completed
from pidgin_cli.cli.keyboard import open_keyboard
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.outlet import Outlet
from pidgin_cli.cli.rendering import Rendering, RenderingOptions
from pidgin_cli.cli.running import Run, drained
from pidgin_cli.cli.session import Session
from pidgin_cli.cli.storing import as_kept, open_store
from pidgin_cli.config.settings import EventSettings, Settings
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.engine import DialogueEngine, Resumption
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.fleet import Fleet
from pidgin_cli.engine.rerun import Rerun
from pidgin_cli.engine.responses import Calling
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.errors import ExitStatus, StoreError, UsageError
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.writer import already_there

SHOWN_DIFFERENCES = 20


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
    manual: Annotated[
        bool,
        typer.Option("--manual", help="Ask after every turn, at the terminal that shows it."),
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


def hold(wanted: Wanted, options: HoldingOptions, settings: Settings) -> ExitStatus:
    """Run the experiments and bring their events to stdout; the router is closed at the end.

    Raises:
        PidginError: something cannot be begun; nothing was made then.
    """
    folder = None if options.no_store else folder_of(settings)
    if folder is not None:
        _check_folder(folder, wanted.experiments, settings)
    with open_store(folder, settings) as store:
        run = _run(wanted, options, settings, store)
        status = drained(run, run.fleet.run(wanted.experiments), wanted.router)
    if folder is not None:
        ids = [experiment.experiment_id for experiment in wanted.experiments]
        status = ExitStatus.worst([status, afterwards(folder, ids, settings.events)])
    return status if wanted.rerun is None else _compared(wanted.rerun, status, options)


def afterwards(folder: Folder, experiment_ids: Sequence[str], events: EventSettings) -> ExitStatus:
    """Do what is configured for logs that a run leaves: index them, and pack those that ended."""
    if events.index.update:
        from pidgin_cli.cli.indexing import index_after_run

        index_after_run(folder)
    return pack_completed(folder, experiment_ids, events.compression)


def _run(wanted: Wanted, options: HoldingOptions, settings: Settings, store: EventStore) -> Run:
    single = len(wanted.experiments) == 1
    rendering, outlet = as_kept(options.rendering(single=single), store), Outlet()
    keyboard = open_keyboard() if options.as_text and single else None
    if options.manual and keyboard is None:
        raise UsageError("--manual asks at a terminal, of one experiment, and there is none")
    calling = Calling(retries=options.max_retries, watch=_watch(wanted, rendering, outlet))
    least = settings.events.storage.min_free
    engine = DialogueEngine(Surroundings(wanted.router, store, calling, least))
    for experiment in wanted.experiments:
        engine.check(experiment)
    attended = keyboard is not None
    manual = attended and (options.manual or settings.defaults.manual_mode)
    control = partial(Control, attended=attended, manual=manual)
    fleet = _fleet(wanted, engine, options.jobs, control)
    session = None
    if keyboard is not None:
        first = wanted.experiments[0]
        steers = partial(fleet.control_of, first.experiment_id)
        remark = partial(_remark, rendering, outlet)
        session = Session(keyboard, steers, _agents(first, store), remark, quiet=options.quiet)
    say = silence if options.quiet or options.as_text else complain
    return Run(fleet, rendering, outlet, options.keep_going, say, session)


def _watch(
    wanted: Wanted, rendering: Rendering, outlet: Outlet
) -> Callable[[str, str, int, str], None]:
    """Give what is shown every piece of text as it comes."""

    def shown(experiment_id: str, agent_id: str, response: int, text: str) -> None:
        outlet.offer(rendering.watch(agent_id, response, text))
        if wanted.rerun is not None:
            wanted.rerun.watch(experiment_id, agent_id, response, text)

    return shown


def _remark(rendering: Rendering, outlet: Outlet, words: str) -> None:
    outlet.offer(rendering.remark(words))


def _fleet(
    wanted: Wanted, engine: DialogueEngine, jobs: int, control: Callable[[], Control]
) -> Fleet:
    jobs, rerun = min(jobs, len(wanted.experiments)), wanted.rerun
    if rerun is None:
        return Fleet(engine, jobs, control)
    return Fleet(engine, jobs, lambda: rerun.control, rerun.steer)


def _agents(experiment: Experiment | Resumption, store: EventStore) -> Sequence[Agent]:
    if isinstance(experiment, Experiment):
        return experiment.agents
    return Conversation.of(islice(store.replay(experiment.experiment_id), 1)).agents


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
    refuse_full(folder, settings)


def refuse_full(folder: Folder, settings: Settings) -> None:
    """See that the disk has room to begin.

    Raises:
        StoreError: it has not.
    """
    free, least = folder.free_bytes(), settings.events.storage.min_free
    if free < least:
        raise StoreError(
            f"only {free} bytes are free on the disk of {folder.root}, and "
            f"events.storage.min_free asks for {least}; make room or choose another --data-dir"
        )
