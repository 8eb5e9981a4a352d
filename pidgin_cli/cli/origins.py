"""Where a run begins: anew, where another stopped, at a turn of another, or from its record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from pidgin_cli.cli.agents import Sides, changed_agents, typed_agents
from pidgin_cli.cli.holding import Wanted
from pidgin_cli.cli.limiting import LimitOptions
from pidgin_cli.cli.option_group import names_in
from pidgin_cli.cli.options import refuse_together, typed_of
from pidgin_cli.cli.plans import Plan, PlanOptions, plan_experiments
from pidgin_cli.cli.prompts import read_prompt
from pidgin_cli.cli.studying import StudyOptions
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.engine import Resumption
from pidgin_cli.engine.experiment import Rules, scheduled
from pidgin_cli.engine.lineage import parent_at
from pidgin_cli.engine.rerun import Rerun
from pidgin_cli.errors import LockedError, UsageError
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.redaction import unredacted
from pidgin_cli.providers.router import Router
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import overview
from pidgin_cli.store.reader import file_blocks, read_events
from pidgin_cli.store.sources import Source, resolve, resolve_one


class OriginOptions(Sides, PlanOptions, StudyOptions):
    """What `run` takes, and the three ways not to begin anew."""

    resume: Annotated[
        list[str] | None,
        typer.Option(
            "--resume",
            metavar="SOURCE",
            help="Go on where this experiment was paused, failed or crashed.",
        ),
    ] = None
    branch: Annotated[
        str | None,
        typer.Option(
            "--branch", metavar="SOURCE@TURN", help="Begin with the turns of another before TURN."
        ),
    ] = None
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="SOURCE",
            help="Run it again from its recorded responses, and compare what follows from them.",
        ),
    ] = None
    force: Annotated[
        bool,
        typer.Option("--force", help="Resume also what may still run on another machine."),
    ] = False


def wanted_of(options: OriginOptions, settings: Settings, folder: Folder) -> Wanted:
    """Give what is to be run.

    Args:
        settings: with what was typed over them.

    Raises:
        UsageError: what was typed does not go together, or means nothing.
        LockedError: what is to be resumed is running.
    """
    _refuse_others(options)
    router = Router(settings=settings, omit_refused=options.omit_refused)
    if options.resume:
        return Wanted(list(_resumptions(options, folder)), router)
    if options.from_ is not None:
        return _again(options, folder)
    if options.branch:
        plan = _branched(options, settings, folder, router)
    else:
        plan = _new(options, settings, router)
    return Wanted(plan_experiments(plan, settings), router)


def _new(options: OriginOptions, settings: Settings, router: Router) -> Plan:
    return Plan(
        agents=typed_agents(options, settings, router, paced=options.as_text),
        prompt=read_prompt(options.prompt, options.dimensions, settings.prompts),
        turns=options.turns or settings.defaults.max_turns,
        experiment_id=options.id,
        group=options.group,
        labels=options.label or [],
        seed=options.seed,
        repeat=options.repeat,
    )


def _branched(options: OriginOptions, settings: Settings, folder: Folder, router: Router) -> Plan:
    word, at, typed = (options.branch or "").rpartition("@")
    if not at or not typed.isascii() or not typed.isdigit():
        raise UsageError(f"--branch {options.branch!r} is not SOURCE@TURN, such as latest@10")
    events = list(unredacted(_events(resolve_one(folder, word)), "branched"))
    parent, source = parent_at(events, int(typed)), Conversation.of(events)
    said = options.prompt is not None or options.dimensions is not None
    prompt = source.initial_prompt
    if said:
        prompt = read_prompt(options.prompt, options.dimensions, settings.prompts)
    return Plan(
        agents=changed_agents(source.agents, options, settings, router),
        prompt=prompt,
        turns=options.turns or source.max_turns,
        experiment_id=options.id,
        group=options.group,
        labels=options.label or [],
        seed=(source.seed or 0) if options.seed is None else options.seed,
        repeat=options.repeat,
        parent=parent,
        rules=Rules.recorded(source, options.changes()),
        order=source.order,
        interventions=scheduled(source.started),
    )


def _resumptions(options: OriginOptions, folder: Folder) -> Iterator[Resumption]:
    for source in resolve(folder, options.resume or ()):
        experiment_id = source.stored_in(folder)
        if experiment_id is None:
            raise UsageError(f"--resume {source.name}: only what is in {folder.root} can go on")
        state = overview(folder, experiment_id).state
        if state == "running":
            raise LockedError(f"experiment {experiment_id} is running")
        yield Resumption(experiment_id, options.changes(), options.turns, force=options.force)


def _again(options: OriginOptions, folder: Folder) -> Wanted:
    events = list(unredacted(_events(resolve_one(folder, options.from_ or "")), "run again"))
    rerun = Rerun(events)
    plan = Plan(
        agents=(),
        prompt="",
        turns=1,
        experiment_id=options.id,
        group=options.group,
        labels=options.label or [],
        seed=0,
        repeat=1,
    )
    (named,) = plan_experiments(plan, Settings())
    experiment = rerun.experiment(named)
    return Wanted([experiment], rerun.router(), rerun)


def _events(source: Source) -> Iterator[Event]:
    if source.path is not None:
        yield from read_events(file_blocks(source.path), source.name, _refuse, growing=True)


def _refuse(bad: object) -> None:
    raise UsageError(f"{bad}: what is missing of the log cannot be given again")


_NAMES = ("id", "group", "label")


def refuse_beside_study(options: OriginOptions) -> None:
    """See that nothing was typed that a study says itself, or that has no effect without one.

    Raises:
        UsageError: it was.
    """
    own = [*names_in(Sides), *names_in(PlanOptions)]
    others = ("resume", "branch", "from_", "force", "no_store", "manual")
    rules = ("stop_phrase", "convergence", "on")
    if options.study is not None:
        _refuse_typed(options, [*own, *others, *rules], "a study, which says what is held")
        _refuse_estimate_alone(options)
    else:
        _refuse_typed(options, ["shard", "retry_failed"], "a single run: it is for a study")


def _refuse_others(options: OriginOptions) -> None:
    """See that nothing was typed that would have no effect."""
    plan, sides, limits = names_in(PlanOptions), names_in(Sides), names_in(LimitOptions)
    origins = {"--resume": options.resume, "--branch": options.branch, "--from": options.from_}
    refuse_together({flag: bool(value) for flag, value in origins.items()})
    if options.resume:
        unfit = [*sides, *(name for name in plan if name != "turns"), "no_store"]
        _refuse_typed(options, unfit, "--resume, which goes on with what was recorded")
    elif options.from_ is not None:
        unfit = [*sides, *(name for name in plan if name not in _NAMES), *limits]
        _refuse_typed(options, unfit, "--from, which gives again what was recorded")
    _refuse_estimate_alone(options)
    if options.force and not options.resume:
        raise UsageError("--force is for --resume: it takes over what may run on another machine")


def _refuse_estimate_alone(options: OriginOptions) -> None:
    if options.estimate_from and not options.dry_run:
        raise UsageError("--estimate-from is for --dry-run")


def _refuse_typed(options: OriginOptions, names: Iterable[str], flag: str) -> None:
    if typed := typed_of(options, names):
        raise UsageError(f"{typed[0]} has no place beside {flag}")
