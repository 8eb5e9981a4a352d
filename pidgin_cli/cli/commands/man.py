"""`pidgin man`: show a page of the manual."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.options import PlainOptions, command
from pidgin_cli.cli.shipped import manual_page, show_page


class ManOptions(PlainOptions):
    """What `man` takes."""

    page: Annotated[
        str | None,
        typer.Argument(metavar="[PAGE]", help="A command such as run, or events, or pidgin.yaml."),
    ] = None


def man(options: ManOptions) -> None:
    """Show a page of the manual: of the program, of a command, or of a format.

    On a terminal it is shown by man; otherwise stdout gets the page as roff.
    """
    show_page(manual_page(options.page))


app = command(ManOptions, man)
