"""Where a result goes: to stdout, or into a file that appears whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from pidgin_cli.cli.boundary import cleaned_up
from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.cli.streams import STDOUT, Sink, is_terminal
from pidgin_cli.errors import UsageError
from pidgin_cli.files.whole import whole_file


def file_named(typed: Path | None) -> Path | None:
    """Give the file that was named, None for stdout, which - means as well."""
    return None if typed == Path("-") else typed


class OutputOptions(OptionGroup):
    """Options for a result that can be kept in a file."""

    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            callback=file_named,
            help="Write to this file, not to stdout, which - means as well.",
        ),
    ] = None
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False

    def write(
        self, pieces: Iterable[bytes], sink: Sink | None = None, *, foreign: bool = False
    ) -> None:
        """Write all pieces, in order, each as it is made.

        Args:
            sink: gathers them for stdout; whoever reads the input flushes it before waiting.
            foreign: whether words of others stand in them as they are; on a terminal, what of
                them would act there is shown instead.

        Raises:
            UsageError: there is such a file, and nobody forces it; or nothing is to be forced.
            PidginError: the file cannot be written.
        """
        if self.output is None:
            if self.force:
                raise UsageError("--force is for -o FILE: nothing else could be replaced")
            if foreign and is_terminal(STDOUT):
                pieces = map(_harmless, pieces)
            (sink or Sink()).write_each(pieces)
            return
        with cleaned_up(), whole_file(self.output, overwrite=self.force) as file:
            for piece in pieces:
                file.write(piece)


def _harmless(piece: bytes) -> bytes:
    from pidgin_cli.views.visible import visible

    return visible(piece.decode(errors="replace")).encode()
