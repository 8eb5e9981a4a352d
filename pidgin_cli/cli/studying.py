"""Joining `run` with a study: its runs, its budget, what is said while and after it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pidgin_cli.cli.boundary import DiedOfSignal, complain, silence
from pidgin_cli.cli.configuring import sound_settings
from pidgin_cli.cli.estimating import EstimateOptions, write_estimate
from pidgin_cli.cli.grid import cell_rows, grid_of
from pidgin_cli.cli.holding import Wanted, afterwards, refuse_full
from pidgin_cli.cli.limiting import LimitOptions
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.outlet import Outlet
from pidgin_cli.cli.rendering import Rendering, Silent
from pidgin_cli.cli.running import Run, drained
from pidgin_cli.cli.storing import as_kept, open_store
from pidgin_cli.cli.streams import STDERR, is_terminal
from pidgin_cli.cli.study_progress import Progress, draw_on_stderr
from pidgin_cli.cli.table import aligned
from pidgin_cli.config.settings import Settings
from pidgin_cli.config.study import Budget, StudyFile, load_study
from pidgin_cli.engine.cells import PlannedRun, Shard, planned_runs
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.fleet import Fleet
from pidgin_cli.engine.ledger import Ledger, amount
from pidgin_cli.engine.planning import plan_cells
from pidgin_cli.engine.responses import Calling
from pidgin_cli.engine.studies import Worklist, cast_of, check_prices, run_state
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.providers.router import Router
from pidgin_cli.store.reservations import Reservations
from pidgin_cli.store.spending import Spending


class StudyOptions(LimitOptions, EstimateOptions):
    """What `run` takes of a study."""

    study: Annotated[
        str | None,
        typer.Argument(
            metavar="[STUDY]", help="A file that says which conversations to hold; see STUDIES."
        ),
    ] = None
    shard: Annotated[
        str | None,
        typer.Option("--shard", metavar="I/N", help="Of a study, only part I of N."),
    ] = None
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Of a study, also go on with what failed.")
    ] = False


@dataclass(frozen=True, slots=True)
class _Joined:
    """A study made ready: everything that can be wrong with it has been looked at."""

    worklist: Worklist
    ledger: Ledger | None
    router: Router
    every: Sequence[PlannedRun]


def hold_study(name: str, options: StudyOptions) -> ExitStatus:
    """Hold what is left of a study, bring its events to stdout, and say how it stands.

    Raises:
        UsageError: it is no file.
        ConfigError: the study is wrong; nothing was made.
        StoreError: the disk is too full to begin.
    """
    if not name:
        raise UsageError("the name of the study is empty: is a variable not set?")
    path = Path(name)
    if path.is_dir():
        raise UsageError(f"the study {name!r} is a folder: name a YAML file")
    if not path.exists():
        raise UsageError(
            f"no study {name!r}: name a YAML file, or agents with -a and -b; "
            "--resume goes on with an experiment"
        )
    settings = sound_settings(options)
    joined = _joined(load_study(path), options, settings)
    if options.dry_run:
        return write_estimate(Wanted(list(joined.worklist), joined.router), options, settings)
    refuse_full(joined.worklist.folder, settings)
    status = _drained(joined, options, settings)
    if not options.quiet:
        _say_how_it_stands(joined)
    ids = [run.experiment_id for run in joined.worklist.runs]
    status = ExitStatus.worst([status, afterwards(joined.worklist.folder, ids, settings.events)])
    return ExitStatus.worst([status, *_left(joined)])


def _joined(file: StudyFile, options: StudyOptions, settings: Settings) -> _Joined:
    cells = plan_cells(file, settings)
    router, folder = (
        Router(settings=settings, omit_refused=options.omit_refused),
        folder_of(settings),
    )
    study = file.study._replace(budget=_budget(file.study.budget, options))
    file = file._replace(study=study)
    casts = {cell.key: cast_of(cell, file, router) for cell in cells}
    check_prices([agent for cast in casts.values() for agent in cast], file, router)
    every = [cell.run(number) for cell in cells for number in range(1, file.study.repeat + 1)]
    shard = None if options.shard is None else Shard.parse(options.shard)
    runs = planned_runs(cells, file.study.repeat, shard)
    ledger = None
    if not file.study.budget.unlimited:
        spending = Spending(folder, [run.experiment_id for run in every])
        ledger = Ledger(file.study.budget, spending, Reservations(folder, file.study.study))
    worklist = Worklist(file, runs, casts, settings, folder, ledger, options.retry_failed)
    return _Joined(worklist, ledger, router, every)


def _budget(written: Budget, options: StudyOptions) -> Budget:
    """Give the budget of the file, with what was typed over it."""
    limits = options.settings(options.changes()).limits
    return Budget(
        written.cost_usd if options.max_cost is None else limits.cost_usd,
        written.tokens if options.max_tokens is None else limits.tokens,
        written.time if options.max_time is None else limits.time,
    )


def _drained(joined: _Joined, options: StudyOptions, settings: Settings) -> ExitStatus:
    worklist, outlet = joined.worklist, Outlet()
    shown = is_terminal(STDERR) and not options.quiet
    rendering: Rendering = options.rendering(single=False)
    if shown and options.as_text:
        # The table is drawn on the terminal that the lines would go to.
        rendering = Silent()
    runs = {run.experiment_id: run for run in worklist.runs}
    # Only a table that is drawn is worth a look at every log.
    states = {name: run_state(worklist.folder, name) for name in runs} if shown else {}
    name = worklist.file.study.study
    progress = Progress(name, runs, states, draw_on_stderr if shown else None)
    with open_store(worklist.folder, settings) as store:
        least = settings.events.storage.min_free
        calling = Calling(retries=options.max_retries)
        surroundings = Surroundings(joined.router, store, calling, least, purse=joined.ledger)
        jobs = max(1, min(options.jobs, len(runs)))
        engine = DialogueEngine(surroundings)
        fleet = Fleet(engine, jobs, steer=progress.seen, excused=worklist.taken)
        run = Run(
            fleet,
            as_kept(rendering, store),
            outlet,
            options.keep_going,
            silence if options.quiet or options.as_text else complain,
        )
        try:
            return drained(run, fleet.run(worklist), joined.router)
        except DiedOfSignal:
            if shown:
                progress.erase()
                complain(f"{progress.summary()}; the same command goes on with it")
            raise
        finally:
            progress.erase()
            if joined.ledger is not None:
                joined.ledger.close()


def _left(joined: _Joined) -> list[ExitStatus]:
    """Give what keeps the runs of this study or shard from being all completed."""
    worklist = joined.worklist
    states = {
        experiment_id: run_state(worklist.folder, experiment_id)
        for experiment_id in (*worklist.elsewhere, *worklist.failed)
    }
    statuses = [ExitStatus.FAILED] if "failed" in states.values() else []
    if joined.ledger is not None and joined.ledger.exhausted:
        statuses.append(ExitStatus.PAUSED)
    if not {"running", "unknown"}.isdisjoint(states.values()):
        statuses.append(ExitStatus.LOCKED)
    return statuses


def _say_how_it_stands(joined: _Joined) -> None:
    worklist = joined.worklist
    grid = grid_of(worklist.folder, joined.every)
    for line in aligned(*cell_rows(grid)):
        draw_on_stderr(line)
    completed = sum(each.state == "completed" for each in grid)
    said = [f"{completed} of {len(grid)} completed"]
    if worklist.elsewhere:
        said.append(f"{len(worklist.elsewhere)} left to another process")
    if worklist.failed:
        said.append(f"{len(worklist.failed)} failed before, --retry-failed goes on with them")
    if joined.ledger is not None:
        said.append(asyncio.run(_balance(joined.ledger, worklist.file.study.budget)))
    complain(f"{worklist.file.study.study}: {'; '.join(said)}")


async def _balance(ledger: Ledger, budget: Budget) -> str:
    balance = await ledger.balance()
    spent, lost = balance.spent, balance.lost
    amounts = (
        (budget.tokens, spent.tokens, lost.tokens, "tokens"),
        (budget.cost_usd, spent.cost_usd, lost.cost_usd, "dollars"),
        (budget.time, spent.seconds, lost.seconds, "seconds"),
    )
    words = []
    for limit, used, gone, unit in amounts:
        if limit is not None:
            cut = f", and {amount(gone)} set aside for calls that a crash cut" if gone else ""
            words.append(f"{amount(used)} of {amount(limit)} {unit} spent{cut}")
    return "; ".join(words)
