"""`pidgin transcript`: views to read."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.cli.rendering import Colour
from pidgin_cli.cli.selectors import SelectorOptions
from pidgin_cli.cli.transcribing import Asked, TranscriptFormat, print_schema, write_transcripts
from pidgin_cli.errors import ExitStatus


class TranscriptOptions(SourceOptions, OutputOptions, SelectorOptions, CommonOptions):
    """What `transcript` takes."""

    format: Annotated[
        TranscriptFormat,
        typer.Option(
            "--format",
            "-f",
            help="What is made; auto: as FILE ends in (.md, .txt, .json, .html), "
            "else text on a terminal, and markdown otherwise.",
        ),
    ] = "auto"
    as_agent: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="AGENT",
            help="What this agent was sent at each turn, held against the hash in the log.",
        ),
    ] = None
    reasoning: Annotated[
        bool, typer.Option("--reasoning", help="Show the thinking that came with a response.")
    ] = False
    color: Annotated[
        Colour, typer.Option("--color", help="Colours in text; auto: on a terminal.")
    ] = "auto"
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of -f json, and nothing else.")
    ] = False


def transcript(options: TranscriptOptions) -> ExitStatus:
    """Show conversations as a text to read, as a page, or as a JSON document.

    Every experiment is shown whole, those of one stream one after another. Selectors choose what
    of it is shown; names, figures and the summary stay those of the whole. Times are UTC, and the
    same events always give the same bytes.
    """
    asked = Asked(options.format, options.as_agent, options.reasoning, options.color)
    if options.schema:
        return print_schema(asked, options)
    sources = options.sources(folder_of(options.settings()))
    return write_transcripts(sources, asked, options.selection(), options)


app = command(TranscriptOptions, transcript)
