"""`pidgin run`: hold conversations, emit their events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from pidgin_cli.cli.agents import Sides, typed_agents
from pidgin_cli.cli.experiments import Plan, plan_experiments
from pidgin_cli.cli.options import command
from pidgin_cli.cli.prompts import read_prompt
from pidgin_cli.cli.running import HoldingOptions, hold
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.providers.router import Router


@dataclass(frozen=True, kw_only=True)
class RunOptions(Sides, HoldingOptions):
    """What `run` takes."""

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
        typer.Option("--turns", "-t", min=1, help="Turns; in each of them every agent speaks."),
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
        typer.Option("--seed", min=0, help="Of all randomness; a repetition adds its number."),
    ] = None
    repeat: Annotated[
        int, typer.Option("--repeat", "-r", min=1, help="How many times it is run.")
    ] = 1


def run(options: RunOptions) -> ExitStatus:
    """Hold conversations between two models and emit their events.

    Without -a and -b two built-in simulated agents talk, which need no key and no network.
    stdout gets the events as JSONL, or a text to read on a terminal.
    """
    if options.no_store and options.keep_going:
        raise UsageError("--keep-going goes on into the store, and --no-store keeps none")
    settings = options.settings()
    router = Router(settings=settings)
    plan = Plan(
        agents=typed_agents(options, settings, router, paced=options.as_text),
        prompt=read_prompt(options.prompt, options.dimensions, settings.prompts),
        turns=options.turns or settings.defaults.max_turns,
        experiment_id=options.id,
        group=options.group,
        labels=options.label or [],
        seed=options.seed,
        repeat=options.repeat,
    )
    experiments = plan_experiments(plan, settings)
    return hold(experiments, options, settings, router)


app = command(RunOptions, run)
