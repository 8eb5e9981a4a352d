"""`pidgin tail`: follow events live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from pidgin_cli.cli.following import Followed, followed_events
from pidgin_cli.cli.options import command
from pidgin_cli.cli.rendering import RenderingOptions
from pidgin_cli.errors import ExitStatus


@dataclass(frozen=True, kw_only=True)
class TailOptions(RenderingOptions):
    """What `tail` takes."""

    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]",
            help="An id or the beginning of one, a path, latest, or - for stdin; "
            "without it, every experiment, also those that begin later.",
        ),
    ] = None
    lines: Annotated[
        str,
        typer.Option("-n", "--lines", metavar="N|all", help="Events from before to begin with."),
    ] = "10"
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", "-f", help="Whether to wait for more.")
    ] = True
    format: Annotated[
        Literal["auto", "jsonl", "text"],
        typer.Option(
            "--format", help="What stdout gets; auto: text on a terminal, JSONL otherwise."
        ),
    ] = "auto"


def tail(options: TailOptions) -> ExitStatus:
    """Follow the events of one experiment, of the whole store, or of stdin.

    Following one experiment ends when it does, and says so if it crashed.
    """
    return followed_events(Followed(options.source, options.lines, options.follow), options)


app = command(TailOptions, tail)
