"""Joining a filter: sources, the filter, and stdout."""

from __future__ import annotations

from collections.abc import Sequence

from pidgin_cli.cli.reading import Reading
from pidgin_cli.cli.streams import Sink
from pidgin_cli.errors import ExitStatus
from pidgin_cli.events.codec import encode
from pidgin_cli.filters.pipeline import Filter, filtered
from pidgin_cli.store.sources import Source


def write_filtered(sources: Sequence[Source], through: Filter) -> ExitStatus:
    """Bring what the filter gives to stdout, flushed whenever the input would be waited for."""
    sink = Sink()
    reading = Reading(sink.flush)
    sink.write_each(encode(event) for event in filtered(reading.events(sources), through))
    return reading.status
