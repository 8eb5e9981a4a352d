"""`pidgin prune`: remove old experiments, or the oldest of too many."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli import removing
from pidgin_cli.cli.options import command, folder_of
from pidgin_cli.cli.removing import Limits, RemovalOptions
from pidgin_cli.cli.selectors import duration, size
from pidgin_cli.errors import ExitStatus


class PruneOptions(RemovalOptions):
    """What `prune` takes."""

    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than", metavar="TIME", help="Those without an event for so long: 90d, 12h."
        ),
    ] = None
    keep_size: Annotated[
        str | None,
        typer.Option(
            "--keep-size", metavar="SIZE", help="The oldest, until no more than that is left: 20G."
        ),
    ] = None
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", metavar="STATE", help="Only completed, failed, paused or crashed ones."
        ),
    ] = None


def prune(options: PruneOptions) -> ExitStatus:
    """Remove old experiments, or the oldest of too many, with every file of them.

    What is being written stays, whatever its age, and so does what may be running on another
    machine unless --state unknown asks for it.
    """
    limits = Limits(
        None if options.older_than is None else duration("--older-than", options.older_than),
        None if options.keep_size is None else size("--keep-size", options.keep_size),
        options.state or [],
    )
    return removing.prune(folder_of(options.settings()), limits, options)


app = command(PruneOptions, prune)
