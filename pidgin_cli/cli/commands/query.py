"""`pidgin query`: ask the index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.querying import Asked, Asking, question_of
from pidgin_cli.cli.selectors import SelectorOptions
from pidgin_cli.cli.table import RowFormat
from pidgin_cli.errors import ExitStatus


class QueryOptions(SelectorOptions, CommonOptions):
    """What `query` takes."""

    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT [SOURCE]...",
            help="summary, convergence, interruptions, attractors, interventions, usage, cost or "
            "errors, and the experiments it is about; 'search TEXT'; 'compare A B'; "
            "'sql STATEMENT' or 'sql @FILE'.",
        ),
    ]
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="model|group|label:KEY",
            help="Sum up by this; also experiment and agent.",
        ),
    ] = None
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Show no more rows than that.")
    ] = None
    raw: Annotated[
        bool, typer.Option("--raw", help="Take the text of a search for a query of SQLite's FTS5.")
    ] = False
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="A value for :NAME in a statement."
        ),
    ] = None
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.0, help="Seconds that a statement may take.")
    ] = 30.0
    db: Annotated[
        Path | None,
        typer.Option("--db", metavar="FILE", help="Read this database, as it is."),
    ] = None
    update: Annotated[
        bool,
        typer.Option("--update/--no-update", help="Whether the index takes in what is new before."),
    ] = True
    format: Annotated[
        RowFormat,
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: a table on a terminal, else JSONL."
        ),
    ] = "auto"


def query(options: QueryOptions) -> ExitStatus:
    """Ask the index of the store: reports, searches, comparisons and SQL.

    Without SOURCE an answer is about all experiments. A file elsewhere, and - for stdin, is
    indexed for the one answer alone.
    """
    question = question_of(options.selection(), options.by, options.limit)
    asked = Asked(options.words, question, options.raw, options.parameter or (), options.timeout)
    folder = folder_of(options.settings())
    asking = Asking(folder, options.db, options.update, options.quiet)
    return asking.write(asked, options.format)


app = command(QueryOptions, query)
