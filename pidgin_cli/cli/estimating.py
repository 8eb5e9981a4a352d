"""Joining `run --dry-run`: what would be run, and what it would use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.holding import HoldingOptions, Wanted
from pidgin_cli.cli.options import folder_of
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import aligned, cell
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.engine import Resumption, check_agents, resume_reason
from pidgin_cli.engine.estimate import Answers, Estimate, estimate, usual_answers
from pidgin_cli.engine.experiment import Experiment, opening
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.providers.pricing import known_model
from pidgin_cli.providers.router import Router
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.reader import file_blocks, ignore, read_events
from pidgin_cli.store.sources import resolve_one

COLUMNS = ("id", "agents", "turns", "calls", "input_tokens", "output_tokens", "cost_usd")


class EstimateOptions(HoldingOptions):
    """Options of what is only thought about."""

    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Only say what would be run, and about what it would use."),
    ] = False
    estimate_from: Annotated[
        str | None,
        typer.Option(
            "--estimate-from",
            metavar="SOURCE",
            help="With --dry-run: take the length of answers from this experiment.",
        ),
    ] = None


@dataclass(frozen=True, slots=True)
class Planned:
    """An experiment that would be run: what has been said in it, and how many turns follow."""

    experiment_id: str
    conversation: Conversation
    turns: int
    expected: Estimate


def write_estimate(wanted: Wanted, options: EstimateOptions, settings: Settings) -> ExitStatus:
    """Write a row for each experiment to stdout, and all together to stderr.

    Raises:
        UsageError: one of them could not be run, or --estimate-from means nothing.
    """
    if wanted.rerun is not None:
        raise UsageError("--from asks no service, and so there is nothing to estimate")
    folder = folder_of(settings)
    answers = usual_answers(_example(folder, options.estimate_from))
    planned = [_planned(each, folder, wanted.router, answers) for each in wanted.experiments]
    Sink().write_each(_lines(planned, as_text=options.as_text))
    if not options.quiet:
        total = sum((each.expected for each in planned), Estimate())
        complain(_sum(len(planned), total, guessed=options.estimate_from is None))
    return ExitStatus.DONE


def _example(folder: Folder, word: str | None) -> Conversation | None:
    return None if word is None else _conversation(folder, word)


def _conversation(folder: Folder, word: str) -> Conversation:
    path = resolve_one(folder, word).path
    blocks = () if path is None else file_blocks(path)
    return Conversation.of(read_events(blocks, word, ignore, growing=True))


def _planned(
    what: Experiment | Resumption, folder: Folder, router: Router, answers: Answers
) -> Planned:
    if isinstance(what, Experiment):
        history = () if what.parent is None else what.parent.history
        conversation = _imagined(what.experiment_id, [opening(what), *history])
        check_agents(what.agents, what.rules.limits, router)
    else:
        conversation = _conversation(folder, what.experiment_id)
        resume_reason(conversation)
        if what.max_turns is not None:
            conversation.max_turns = what.max_turns

    def model(agent: Agent) -> Any:
        route = router.route(agent.model)
        return known_model(route.provider, route.model)

    turns = max(0, conversation.max_turns - conversation.turns_completed)
    expected = estimate(conversation, turns, answers, model)
    return Planned(what.experiment_id, conversation, turns, expected)


def _imagined(experiment_id: str, drafts: Sequence[Draft]) -> Conversation:
    """Give an experiment as it would be after these events, which nobody records."""
    return Conversation.of(map(Stamp(experiment_id), drafts))


def _lines(planned: Sequence[Planned], *, as_text: bool) -> Iterator[bytes]:
    rows = [_row(each) for each in planned]
    if as_text:
        yield from aligned(COLUMNS, [[cell(value) for value in row.values()] for row in rows])
    else:
        yield from map(encode_object, rows)


def _row(each: Planned) -> dict[str, Any]:
    expected = each.expected
    values = (
        each.experiment_id,
        [agent.model for agent in each.conversation.agents],
        each.turns,
        expected.calls,
        expected.usage.input_tokens,
        expected.usage.output_tokens,
        None if expected.cost_usd is None else round(expected.cost_usd, 6),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _sum(count: int, total: Estimate, *, guessed: bool) -> str:
    cost = "not known" if total.cost_usd is None else f"{total.cost_usd:.2f} dollars"
    guess = "; the length of answers is a guess, --estimate-from takes it from an experiment"
    return (
        f"{count} experiment{'s' * (count != 1)}, {total.calls} calls, about "
        f"{total.usage.input_tokens} tokens in and {total.usage.output_tokens} out, cost {cost}"
        f"{guess if guessed else ''}"
    )
