"""`pidgin conduct`: act on a running experiment."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.conducting import conduct_experiments
from pidgin_cli.cli.options import CommonOptions, command
from pidgin_cli.errors import ExitStatus
from pidgin_cli.events.interventions import InterventionSource


class ConductOptions(CommonOptions):
    """What `conduct` takes."""

    words: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE... pause|resume|stop|interrupt|inject [TEXT|-]",
            help="Which experiments: ids, latest, group:NAME or all that run; then what they are "
            "to do, and behind inject the words, or - for stdin.",
            show_default=False,
        ),
    ]
    source: Annotated[
        InterventionSource,
        typer.Option("--source", help="Who speaks the words that are injected."),
    ] = "human"
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="AGENT",
            help="Who hears them, by id or name, all where it is not given; may be given several "
            "times.",
        ),
    ] = None


def conduct(options: ConductOptions) -> ExitStatus:
    """Act on a running experiment: pause, resume, stop, interrupt it, or inject words.

    A pause waits until the response under way is whole, and keeps the process. To stop completes
    the experiment; to interrupt cuts the response under way and goes on.
    """
    return conduct_experiments(options.words, options.source, options.target, options)


app = command(ConductOptions, conduct)
