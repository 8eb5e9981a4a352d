"""`pidgin models`: list models, what fits into them and what they cost."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.offering import Shown, write_models
from pidgin_cli.cli.options import CommonOptions, command
from pidgin_cli.cli.table import ListFormat
from pidgin_cli.errors import ExitStatus


class ModelsOptions(CommonOptions):
    """What `models` takes."""

    provider: Annotated[
        list[str] | None,
        typer.Option(
            "--provider", metavar="NAME", help="Only those of this service; several with commas."
        ),
    ] = None
    refresh: Annotated[
        bool,
        typer.Option(
            "--refresh", help="Ask each service that has a key, or wants none, what it serves."
        ),
    ] = False
    format: Annotated[
        ListFormat,
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: a table on a terminal, else JSONL."
        ),
    ] = "auto"


def models(options: ModelsOptions) -> ExitStatus:
    """List models: their aliases, what fits into them, what they cost, whether there is a key.

    Context and output are in tokens, prices in US dollars for a million tokens, as they stood
    at the date. A key is never shown, only whether it is set.
    """
    shown = Shown(options.provider or [], options.refresh, options.format)
    return write_models(options.settings(), shown)


app = command(ModelsOptions, models)
