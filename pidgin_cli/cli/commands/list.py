"""`pidgin list`: list the experiments of the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pidgin_cli.cli.listing import Listed, write_listing
from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.table import ListFormat
from pidgin_cli.errors import UsageError


class ListOptions(CommonOptions):
    """What `list` takes."""

    group: Annotated[
        str | None, typer.Option("--group", metavar="NAME", help="Only those of this group.")
    ] = None
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help="Only running, paused, completed, failed, crashed or unknown ones, of a study "
            "also missing; several with commas.",
        ),
    ] = None
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="TIME", help="Only those with an event since then: 2h (ago), a date."
        ),
    ] = None
    study: Annotated[
        Path | None,
        typer.Option(
            "--study",
            metavar="FILE",
            help="The runs of this study, also those that have not begun; a table has a row for "
            "each of its cells.",
        ),
    ] = None
    format: Annotated[
        ListFormat,
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: a table on a terminal, else JSONL."
        ),
    ] = "auto"


def list_experiments(options: ListOptions) -> None:
    """List the experiments of the store, oldest first, with their state."""
    settings = options.settings()
    if options.study is None:
        listed = Listed(
            options.group, options.state or [], options.format, options.since, options.quiet
        )
        write_listing(folder_of(settings), listed)
        return
    if options.group is not None or options.since is not None:
        raise UsageError("--study lists all runs of a study: --group and --since do not go with it")
    # Only those who have a study pay for the engine.
    from pidgin_cli.cli.grid import write_grid

    write_grid(folder_of(settings), options.study, settings, options.state or [], options.format)


app = command(ListOptions, list_experiments)
