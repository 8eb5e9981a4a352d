"""What a new experiment is, as it is typed: its prompt, its length, its names."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.option_group import OptionGroup

MOST_TURNS = 1_000_000
"""More are a slip of the hand: nobody could pay for them, nor wait for their estimate."""


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
