"""`pidgin tail`: follow events live."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pidgin_cli.cli.following import Followed, followed_events
from pidgin_cli.cli.options import command
from pidgin_cli.cli.rendering import RenderingOptions
from pidgin_cli.cli.selectors import SelectorOptions
from pidgin_cli.errors import ExitStatus


class TailOptions(SelectorOptions, RenderingOptions):
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
        str | None,
        typer.Option(
            "-n",
            "--lines",
            metavar="N|all",
            help="Events from before to begin with: 10 if not set, and all of a stdin that is "
            "followed.",
        ),
    ] = None
    follow: Annotated[
        bool, typer.Option("--follow/--no-follow", "-f", help="Whether to wait for more.")
    ] = True
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for an experiment that is not there yet.")
    ] = False
    cursor_file: Annotated[
        Path | None,
        typer.Option(
            "--cursor-file",
            metavar="FILE",
            help="Remember there how far was read, and go on from there the next time.",
        ),
    ] = None
    exit_status: Annotated[
        bool,
        typer.Option(
            "--exit-status",
            help="End as the experiment did: 0 completed, 4 paused, 1 failed or crashed.",
        ),
    ] = False
    alert: Annotated[
        list[str] | None,
        typer.Option(
            "--alert",
            metavar="TYPE[:FIELD>N]",
            help="Run the command of --exec for each such event that is shown; may be given "
            "several times.",
        ),
    ] = None
    exec: Annotated[
        str | None,
        typer.Option("--exec", metavar="COMMAND", help="What is run, with the event on its stdin."),
    ] = None
    format: Annotated[
        Literal["auto", "jsonl", "text"],
        typer.Option(
            "--format", help="What stdout gets; auto: text on a terminal, JSONL otherwise."
        ),
    ] = "auto"


def tail(options: TailOptions) -> ExitStatus:
    """Follow the events of one experiment, of the whole store, or of stdin.

    Following one experiment ends when it does, and says so if it crashed. Selectors choose which
    events are shown, count for -n, and can raise an alert. What is renamed, replaced, truncated or
    compressed meanwhile comes once all the same; with --cursor-file, also over restarts.
    """
    followed = Followed(
        source=options.source,
        lines=options.lines,
        follow=options.follow,
        wait=options.wait,
        selection=options.selection(),
        cursor_file=options.cursor_file,
        ends_alike=options.exit_status,
        alerts=options.alert or [],
        command=options.exec,
    )
    return followed_events(followed, options)


app = command(TailOptions, tail)
