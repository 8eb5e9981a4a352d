"""`pidgin replay`: give what was recorded."""

from __future__ import annotations

from typing import Annotated

import typer

from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.cli.replaying import Replay, replayed, speed_of
from pidgin_cli.cli.selectors import SelectorOptions
from pidgin_cli.errors import ExitStatus
from pidgin_cli.store.extraction import MAX_RATIO


class ReplayOptions(SourceOptions, SelectorOptions, CommonOptions):
    """What `replay` takes."""

    speed: Annotated[
        str,
        typer.Option(
            "--speed",
            metavar="N|max",
            help="In recorded time, N times as fast; max: without waiting.",
        ),
    ] = "max"
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare the digests; status 1 where one is wrong.")
    ] = False
    max_ratio: Annotated[
        float | None,
        typer.Option(
            "--max-ratio",
            min=1,
            help="Refuse archives that unpack to more times their size; "
            f"{MAX_RATIO:g} for those that others made.",
        ),
    ] = None


def replay(options: ReplayOptions) -> ExitStatus:
    """Give what was recorded, byte for byte, from logs and archives, one after another.

    A damaged archive gives every whole line that is certain, says where it is damaged, and status
    1. Without selectors and speed, lines are not looked into: check does that.
    """
    sources = options.sources(folder_of(options.settings()))
    speed = speed_of(options.speed)
    return replayed(sources, Replay(options.selection(), speed, options.verify, options.max_ratio))


app = command(ReplayOptions, replay)
