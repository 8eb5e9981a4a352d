"""Joining `transcript`: which view is made, of which events, and where it goes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from typing import Literal, NamedTuple

from pidgin_cli.cli.abreast import Abreast, gathered
from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.cli.reading import Reading, refuse_source
from pidgin_cli.cli.rendering import Colour, is_coloured, wrapping
from pidgin_cli.cli.streams import STDOUT, Sink, is_terminal
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.filters.select import Selection
from pidgin_cli.store.skim import PIECES, WAITS
from pidgin_cli.store.sources import Source
from pidgin_cli.views.view import Choice, View, one_by_one

TranscriptFormat = Literal["auto", "markdown", "json", "text", "html"]
_ENDINGS: dict[str, TranscriptFormat] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".json": "json",
    ".jsonl": "json",
    ".html": "html",
    ".htm": "html",
}
NewView = Callable[[], View[str]]


class Asked(NamedTuple):
    """What was asked for.

    Args:
        as_agent: the agent whose messages are shown; None for the whole conversation.
    """

    format: TranscriptFormat
    as_agent: str | None
    reasoning: bool
    color: Colour


def write_transcripts(
    sources: Sequence[Source], asked: Asked, selection: Selection, output: OutputOptions
) -> ExitStatus:
    """Write a transcript of each experiment of the sources, as far as it can be read.

    Raises:
        UsageError: the format cannot show what was asked for, or no such agent takes part; or a
            source would be replaced.
    """
    refuse_source(output.output, sources)
    form = _format(asked, output)
    if form == "html" and asked.as_agent is not None:
        raise UsageError("--as is shown as markdown, text or json, and not as html")
    colour = output.output is None and is_coloured(asked.color, os.environ)
    skim = _unneeded(form, asked)
    sink = Sink()
    logs = Abreast(Reading(sink.flush, skim=skim), skim)
    wraps = form == "text" and output.output is None and is_terminal(STDOUT)
    transcripts = _Transcripts(form, asked, selection, colour, wraps, sources)
    pieces = logs.made(sources, transcripts.of, gathered)
    if form == "html":
        from pidgin_cli.views.page import page

        head, end = (piece.encode() for piece in page((), _title(sources)))
        pieces = chain([head], pieces, [end])
    output.write(pieces, sink, foreign=form == "json")
    return logs.status


@dataclass(frozen=True, slots=True)
class _Transcripts:
    """What is made of each source.

    Args:
        wraps: whether lines end between words where the terminal has no room for more.
    """

    form: TranscriptFormat
    asked: Asked
    selection: Selection
    colour: bool
    wraps: bool
    sources: Sequence[Source]

    def of(self, source: Source, reading: Reading) -> Iterator[bytes]:
        """Give the pieces of one source."""
        wanted = None if self.selection.everything else self.selection.admits
        choice = Choice(wanted, self.asked.reasoning)
        events = reading.events([source])
        if self.form == "json" and self.asked.as_agent is None:
            from pidgin_cli.views.document import DocumentView

            yield from one_by_one(events, lambda: DocumentView(choice), b"")
            return
        new_view = _new_view(self.form, self.asked, choice, colour=self.colour)
        separator = "" if self.form in ("json", "html") else "\n"
        if separator and source is not self.sources[0]:
            yield separator.encode()
        shown = wrapping().feed if self.wraps else str
        for piece in one_by_one(events, new_view, separator):
            yield shown(piece).encode(errors="replace")


def print_schema(asked: Asked, output: OutputOptions) -> ExitStatus:
    """Write the JSON Schema of the documents that `-f json` gives."""
    name = "document" if asked.as_agent is None else "sent"
    schema = files("pidgin_cli.views").joinpath(f"{name}.schema.json")
    output.write([schema.read_bytes()])
    return ExitStatus.DONE


def _unneeded(form: TranscriptFormat, asked: Asked) -> frozenset[str]:
    """Give the kinds of events that the view can do without where their response came whole."""
    if asked.as_agent is not None:
        return PIECES
    if form == "html":
        return WAITS - {"context.usage"}
    if form == "json":
        return frozenset()
    return WAITS


def _format(asked: Asked, output: OutputOptions) -> TranscriptFormat:
    if asked.format != "auto":
        return asked.format
    if output.output is not None:
        return _ENDINGS.get(output.output.suffix.lower(), "markdown")
    return "text" if is_terminal(STDOUT) else "markdown"


def _new_view(form: TranscriptFormat, asked: Asked, choice: Choice, *, colour: bool) -> NewView:
    if asked.as_agent is not None:
        return _new_sent_view(form, asked.as_agent, choice)
    match form:
        case "html":
            from pidgin_cli.views.timeline import TimelineView

            return lambda: TimelineView(choice)
        case "text":
            from pidgin_cli.views.text import TextView

            return lambda: TextView(choice, colour=colour, streamed=False)
        case _:
            from pidgin_cli.views.markdown import MarkdownView

            return lambda: MarkdownView(choice)


def _new_sent_view(form: TranscriptFormat, agent_id: str, choice: Choice) -> NewView:
    from pidgin_cli.views.sent_views import SentDocument, SentMarkdown, SentText

    match form:
        case "json":
            return lambda: SentDocument(agent_id, choice)
        case "text":
            return lambda: SentText(agent_id, choice)
        case _:
            return lambda: SentMarkdown(agent_id, choice)


def _title(sources: Sequence[Source]) -> str:
    if len(sources) == 1:
        return sources[0].experiment_id or sources[0].name
    return f"{len(sources)} conversations"
