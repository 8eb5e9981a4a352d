"""`pidgin detect`: recompute detections."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from pidgin_cli.cli.detecting import Typed, detect_again
from pidgin_cli.cli.options import CommonOptions, command, folder_of
from pidgin_cli.cli.reading import SourceOptions
from pidgin_cli.errors import ExitStatus


class DetectOptions(SourceOptions, CommonOptions):
    """What `detect` takes."""

    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="KIND",
            help="Only convergence or attractor, whether it was switched on or not; "
            "the other stays as it is.",
        ),
    ] = None
    profile: Annotated[
        Literal["balanced", "words", "form", "style"] | None,
        typer.Option("--profile", help="Which components convergence is made of."),
    ] = None
    threshold: Annotated[
        int | None,
        typer.Option("--threshold", min=2, help="Repetitions that make a pattern an attractor."),
    ] = None
    window: Annotated[
        int | None,
        typer.Option("--window", min=2, help="Turns that each look for attractors sees."),
    ] = None
    check_interval: Annotated[
        int | None,
        typer.Option("--check-interval", min=1, help="Turns between two looks for attractors."),
    ] = None


def detect(options: DetectOptions) -> ExitStatus:
    """Make the detections of recorded conversations again.

    Measurements and attractors of our own detectors are dropped and new ones put in, by the
    settings that each experiment was run with unless options say otherwise. What other detectors
    gave, and every line that does not change, stays byte for byte.
    """
    typed = Typed(
        options.only or [],
        options.profile,
        options.check_interval,
        options.threshold,
        options.window,
    )
    settings = options.settings()
    sources = options.filtered_sources(folder_of(settings))
    return detect_again(sources, settings.conversation, typed)


app = command(DetectOptions, detect)
