"""`pidgin index`: build or update the SQLite index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pidgin_cli.cli.indexing import Indexing, index_file
from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.processes.cores import cores


class IndexOptions(CommonOptions):
    """What `index` takes."""

    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[-]", help="- to index the events of stdin; without it, the whole store."
        ),
    ] = None
    db: Annotated[
        Path | None,
        typer.Option(
            "--db", metavar="FILE", help="The database; index.db in the store if not set."
        ),
    ] = None
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Begin from nothing.")] = False
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on, and index what comes within a second.")
    ] = False
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for another process that does the same.")
    ] = False


def index(options: IndexOptions) -> ExitStatus:
    """Build or update the SQLite index, from which 'pidgin query' answers.

    Only what is new in the logs is read. The database can be thrown away: it is made again from
    the logs. Its tables are described in pidgin-index(5).
    """
    if options.source not in (None, "-"):
        raise UsageError(f"index takes no SOURCE but -, and not {options.source!r}")
    if options.source == "-" and options.db is None:
        raise UsageError("index - needs --db FILE: the store's own index is made of its logs alone")
    if options.source == "-" and options.follow:
        raise UsageError("index - follows stdin to its end; --follow is for the store")
    folder = folder_of(options.settings())
    file = index_file(folder, options.db)
    indexing = Indexing(folder, file, wait=options.wait, rebuild=options.rebuild, cores=cores())
    if options.source == "-":
        indexing.stdin()
    elif options.follow:
        indexing.forever()
    else:
        indexing.once()
    return indexing.status


app = command(IndexOptions, index)
