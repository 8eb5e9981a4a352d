"""`pidgin check`: prove logs."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.checking import FindingFormat, check_sources
from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.errors import ExitStatus


class CheckOptions(SourceOptions, CommonOptions):
    """What `check` takes."""

    format: Annotated[
        FindingFormat,
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: text on a terminal, JSONL otherwise."
        ),
    ] = "auto"


def check(options: CheckOptions) -> ExitStatus:
    """Prove logs and archives, all of the store where none is named: say what is wrong, and where.

    Status 1 with findings, 2 where a log could not be looked into. Missing events, digests and ends
    are findings for whole logs of a store only, not for streams and what was filtered.
    """
    folder = folder_of(options.settings())
    return check_sources(options.sources(folder, ["all"]), options.format, quiet=options.quiet)


app = command(CheckOptions, check)
