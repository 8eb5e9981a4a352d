"""`pidgin doctor`: say whether everything is well, and what to do where it is not."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.examining import examine
from pidgin_cli.cli.options import CommonOptions, command
from pidgin_cli.cli.table import RowFormat
from pidgin_cli.errors import ExitStatus


class DoctorOptions(CommonOptions):
    """What `doctor` takes."""

    format: Annotated[
        RowFormat,
        typer.Option(
            "--format", "-f", help="What stdout gets; auto: a table on a terminal, else JSONL."
        ),
    ] = "auto"


def doctor(options: DoctorOptions) -> ExitStatus:
    """Look at the installation, the configuration, the store, its disk, locks, keys and clock.

    Each finding says how something is and what to do. The status is 1 where something has to be
    done. Nothing is changed.
    """
    return examine(options, options.format)


app = command(DoctorOptions, doctor)
