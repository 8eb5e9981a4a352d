"""What a new experiment is, as it is typed, and the experiments that are to be run of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.config.rules import MOST_TURNS
from pidgin_cli.config.settings import Settings
from pidgin_cli.engine.experiment import Experiment, Parent, Rules, Scheduled
from pidgin_cli.errors import UsageError
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.experiment import Order
from pidgin_cli.events.ids import check_experiment_id, new_experiment_id

LONGEST_SEED = 2**63
"""Seeds are below this, so that every reader of JSON can hold them."""


class PlanOptions(OptionGroup):
    """Options of what is held, and of what it is called."""

    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt",
            "-p",
            metavar="TEXT|@FILE|-",
            help="What both agents are told first; from a file, or from stdin.",
        ),
    ] = None
    dimensions: Annotated[
        str | None,
        typer.Option(
            "--dimensions",
            "-d",
            metavar="CONTEXT:TOPIC[:MODE]",
            help="A prompt made of tables, such as debate:language:analytical.",
        ),
    ] = None
    turns: Annotated[
        int | None,
        typer.Option(
            "--turns",
            "-t",
            min=1,
            max=MOST_TURNS,
            help="Turns; in each of them every agent speaks.",
        ),
    ] = None
    id: Annotated[
        str | None,
        typer.Option(
            "--id", metavar="ID", help="Name of the experiment; with -r, ID-1, ID-2 and so on."
        ),
    ] = None
    group: Annotated[
        str | None, typer.Option("--group", metavar="NAME", help="What it belongs to.")
    ] = None
    label: Annotated[
        list[str] | None,
        typer.Option("--label", metavar="KEY=VALUE", help="A label; may be given several times."),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", min=0, help="Of all randomness; each repetition takes the next one."
        ),
    ] = None
    repeat: Annotated[
        int, typer.Option("--repeat", "-r", min=1, help="How many times it is run.")
    ] = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """One conversation, and how often it is held.

    Args:
        experiment_id: None for a new one each.
        labels: KEY=VALUE, as they were typed.
        seed: None for one of chance.
        parent: what it is a branch of.
        rules: as configured where they are None.
        order, interventions: those of what it is a branch of.
    """

    agents: tuple[Agent, ...]
    prompt: str
    turns: int
    experiment_id: str | None
    group: str | None
    labels: Sequence[str]
    seed: int | None
    repeat: int
    parent: Parent | None = None
    rules: Rules | None = None
    order: Order = "named"
    interventions: Sequence[Scheduled] = ()


def plan_experiments(plan: Plan, settings: Settings) -> list[Experiment]:
    """Give the experiments in the order in which they begin.

    Repetitions count from 1; the first has the seed itself, each further one the next seed.

    Raises:
        UsageError: the id, a label or the seed cannot be.
    """
    labels = dict(_label(typed) for typed in plan.labels)
    seed = secrets.randbelow(2**32) if plan.seed is None else plan.seed
    if seed + plan.repeat > LONGEST_SEED:
        raise UsageError(f"the seed {seed} is too large: use one below 2^63")
    rules = Rules.of(settings) if plan.rules is None else plan.rules
    return [
        Experiment(
            experiment_id=_experiment_id(plan, number),
            agents=plan.agents,
            initial_prompt=plan.prompt,
            max_turns=plan.turns,
            seed=seed + number - 1,
            group=plan.group,
            repetition=number if plan.repeat > 1 else None,
            labels=labels,
            rules=rules,
            order=plan.order,
            interventions=plan.interventions,
            parent=plan.parent,
        )
        for number in range(1, plan.repeat + 1)
    ]


def _experiment_id(plan: Plan, number: int) -> str:
    if plan.experiment_id is None:
        return new_experiment_id()
    if plan.repeat == 1:
        return check_experiment_id(plan.experiment_id)
    return check_experiment_id(f"{plan.experiment_id}-{number}")


def _label(typed: str) -> tuple[str, str]:
    key, equals, value = typed.partition("=")
    if not equals or not key:
        raise UsageError(f"--label {typed!r} is not KEY=VALUE")
    return key, value
