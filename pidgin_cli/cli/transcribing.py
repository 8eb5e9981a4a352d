"""Joining `transcript`: which view is made, of which events, and where it goes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal, NamedTuple

from pidgin_cli.cli.cores import on_processes
from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.cli.reading import Reading
from pidgin_cli.cli.rendering import Colour, is_coloured
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
_MUCH = 4_000_000
"""Bytes of logs from which on it is quicker to share them among processes."""
_AT_ONCE = 64
"""Logs whose transcripts may wait for those before them."""
NewView = Callable[[], View]


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
        UsageError: the format cannot show what was asked for, or no such agent takes part.
    """
    form = _format(asked, output)
    if form == "html" and asked.as_agent is not None:
        raise UsageError("--as is shown as markdown, text or json, and not as html")
    colour = output.output is None and is_coloured(asked.color, os.environ)
    made = _Made(form, asked, selection, colour)
    sink = Sink()
    reading = Reading(sink.flush, skim=_unneeded(form, asked))
    pieces = made.separated(_each(sources, made, reading))
    if form == "html":
        from pidgin_cli.views.page import page

        pieces = page(pieces, _title(sources))
    encoded = (piece.encode(errors="replace") for piece in pieces)
    output.write(encoded, sink, foreign=form == "json")
    return ExitStatus.worst([reading.status, *made.statuses])


@dataclass(frozen=True, slots=True)
class _Made:
    """What is made of each source, and how reading went where another process did it."""

    form: TranscriptFormat
    asked: Asked
    selection: Selection
    colour: bool
    statuses: list[ExitStatus] = field(default_factory=list)

    @property
    def separator(self) -> str:
        """What stands between two transcripts."""
        return "" if self.form in ("json", "html") else "\n"

    def separated(self, transcripts: Iterable[Iterable[str]]) -> Iterator[str]:
        """Give the pieces of all transcripts."""
        for number, pieces in enumerate(transcripts):
            if number:
                yield self.separator
            yield from pieces

    def of(self, source: Source, reading: Reading) -> Iterator[str]:
        """Give the pieces of one source."""
        wanted = None if self.selection.everything else self.selection.admits
        choice = Choice(wanted, self.asked.reasoning)
        new_view = _new_view(self.form, self.asked, choice, colour=self.colour)
        return one_by_one(reading.events([source]), new_view, self.separator)

    def elsewhere(self, source: Source) -> tuple[str, ExitStatus]:
        """Give the whole transcript of one source, for whom another process waits."""
        reading = Reading(skim=_unneeded(self.form, self.asked))
        return "".join(self.of(source, reading)), reading.status


def _each(sources: Sequence[Source], made: _Made, reading: Reading) -> Iterator[Iterable[str]]:
    """Give the transcript of each source, in their order; many that are large on all processors."""
    if not _is_much(sources):
        yield from (made.of(source, reading) for source in sources)
        return
    for first in range(0, len(sources), _AT_ONCE):
        together = sources[first : first + _AT_ONCE]
        for _, (text, status) in on_processes(made.elsewhere, together):
            made.statuses.append(status)
            yield [text]


def _is_much(sources: Sequence[Source]) -> bool:
    paths = [source.path for source in sources]
    if len(paths) < 2 or not all(path is not None and path.is_file() for path in paths):
        return False
    return sum(path.stat().st_size for path in paths if path is not None) >= _MUCH


def print_schema(asked: Asked, output: OutputOptions) -> ExitStatus:
    """Write the JSON Schema of the documents that `-f json` gives."""
    name = "document" if asked.as_agent is None else "sent"
    schema = files("pidgin_cli.views").joinpath(f"{name}.schema.json")
    output.write([schema.read_bytes()])
    return ExitStatus.DONE


def _unneeded(form: TranscriptFormat, asked: Asked) -> frozenset[str]:
    """Give the kinds of events that the view can do without where their response came whole."""
    if asked.as_agent is not None or form == "html":
        return PIECES
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
        case "json":
            from pidgin_cli.views.document import DocumentView

            return lambda: DocumentView(choice)
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
