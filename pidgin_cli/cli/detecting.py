"""Joining `detect`: what is to be detected otherwise, and what could not be detected at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.reading import Reading
from pidgin_cli.cli.streams import Sink
from pidgin_cli.config.nearest import suggestion
from pidgin_cli.config.settings import ConversationSettings, Profile
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.codec import encode
from pidgin_cli.filters.detect import Changes, Detect, Subject
from pidgin_cli.filters.pipeline import filtered
from pidgin_cli.store.sources import Source

SUBJECTS: tuple[Subject, ...] = get_args(Subject)


@dataclass(frozen=True, slots=True)
class Typed:
    """The options as they were typed; `only` may hold several with commas."""

    only: Sequence[str]
    profile: Profile | None
    check_interval: int | None
    threshold: int | None
    window: int | None


def detect_again(
    sources: Sequence[Source], settings: ConversationSettings, typed: Typed
) -> ExitStatus:
    """Bring events to stdout with their detections made again.

    Args:
        settings: of experiments that do not say what they were run with.

    Raises:
        UsageError: --only names no kind of detection.
    """
    changes = Changes(
        _only(typed.only), typed.profile, typed.check_interval, typed.threshold, typed.window
    )
    filter = Detect(settings, changes)
    status = _write_filtered(sources, filter)
    for experiment_id in filter.redacted:
        complain(f"{experiment_id}: its words were redacted, so its detections were left alone")
    return ExitStatus.worst([status, *([ExitStatus.BAD_INPUT] if filter.redacted else [])])


def _write_filtered(sources: Sequence[Source], through: Detect) -> ExitStatus:
    """Bring what the filter gives to stdout, flushed whenever the input would be waited for."""
    sink = Sink()
    reading = Reading(sink.flush)
    sink.write_each(encode(event) for event in filtered(reading.events(sources), through))
    return reading.status


def _only(typed: Sequence[str]) -> frozenset[Subject] | None:
    names = [name for each in typed for name in each.split(",")]
    for name in names:
        if name not in SUBJECTS:
            known = f"{', '.join(SUBJECTS)}{suggestion(name, SUBJECTS)}"
            raise UsageError(f"--only {name!r}: there are {known}")
    return frozenset(subject for subject in SUBJECTS if subject in names) or None
