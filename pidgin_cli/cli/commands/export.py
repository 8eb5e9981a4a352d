"""`pidgin export`: views to compute with."""

from __future__ import annotations

from typing import Annotated, get_args

import typer

from pidgin_cli.cli.exporting import ExportFormat, TableName, Wanted, write_export
from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.cli.selectors import SelectorOptions
from pidgin_cli.errors import ExitStatus


class ExportOptions(SourceOptions, OutputOptions, SelectorOptions, CommonOptions):
    """What `export` takes."""

    format: Annotated[
        ExportFormat,
        typer.Option(
            "--format",
            "-f",
            help="What is made; auto: as FILE ends in (.parquet, .csv, .jsonl), parquet with "
            "--partition-by, else jsonl. messages: chats, for training.",
        ),
    ] = "auto"
    table: Annotated[
        TableName,
        typer.Option(
            "--table",
            metavar="NAME",
            help=f"What a row is: one of {', '.join(get_args(TableName))}. The columns are those "
            "of the index.",
        ),
    ] = "events"
    partition_by: Annotated[
        list[str] | None,
        typer.Option(
            "--partition-by",
            metavar="COLUMN",
            help="Make FILE a folder of Parquet files, divided by this column (Hive).",
        ),
    ] = None
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="NAME",
            help="Make a column for this label; those that logs begin with have one anyway.",
        ),
    ] = None
    as_agent: Annotated[
        str | None,
        typer.Option("--as", metavar="AGENT", help="With -f messages: whose side is told."),
    ] = None
    raw: Annotated[
        bool,
        typer.Option("--raw", help="In csv, leave texts that a spreadsheet takes for formulas."),
    ] = False


def export(options: ExportOptions) -> ExitStatus:
    """Make a table of events, for spreadsheets, notebooks and databases.

    All sources become one table. Columns are typed, labels have columns of their own (label_NAME),
    and times are UTC.
    """
    sources = options.sources(folder_of(options.settings()))
    wanted = Wanted(
        format=options.format,
        table=options.table,
        partition_by=options.partition_by or (),
        labels=options.label or (),
        agent_id=options.as_agent,
        raw=options.raw,
        selection=options.selection(),
    )
    return write_export(sources, wanted, options)


app = command(ExportOptions, export)
