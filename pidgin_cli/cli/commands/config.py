"""`pidgin config`: show the configuration, and where it comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pidgin_cli.cli.boundary import complain, silence
from pidgin_cli.cli.configuring import (
    Action,
    check_settings,
    refuse_unfit,
    write_places,
    write_settings,
    write_starter,
)
from pidgin_cli.cli.options import CommonOptions, command
from pidgin_cli.cli.table import RowFormat
from pidgin_cli.errors import ExitStatus


class ConfigOptions(CommonOptions):
    """What `config` takes."""

    action: Annotated[
        Action, typer.Argument(metavar="show|path|check|init", help="What is to be done.")
    ] = "show"
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where init writes; - is stdout."),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Let init replace a file.")] = False
    format: Annotated[
        RowFormat,
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: a table on a terminal, else JSONL."
        ),
    ] = "auto"


def config(options: ConfigOptions) -> ExitStatus:
    """Show the configuration: each key, its value, and which file, variable or flag set it.

    path: which files are looked for, the weakest first. check: all that is wrong, each with file
    and line. init: make a file in which every key stands, commented out, with its default.
    """
    refuse_unfit(options, options.action)
    say = silence if options.quiet else complain
    match options.action:
        case "show":
            write_settings(options.loaded(), options.format)
        case "path":
            write_places(options.config, options.format)
        case "check":
            return check_settings(options, say)
        case "init":
            write_starter(options.output, say, force=options.force)
    return ExitStatus.DONE


app = command(ConfigOptions, config)
