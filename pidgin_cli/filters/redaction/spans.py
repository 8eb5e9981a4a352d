"""Spans: the places of a text that are to go, joined, and what stands there afterwards."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from pidgin_cli.events.redaction import REDACTED


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a text, in characters.

    Args:
        name: the pattern or the kind that found it, as a report names it.
        since: where that begins without which it would not have been found: the `password=` before
            it, which stays.
    """

    start: int
    end: int
    name: str
    since: int = -1

    def __post_init__(self) -> None:
        if self.since < 0:
            object.__setattr__(self, "since", self.start)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Give the spans sorted, those that touch or overlap as one that keeps the first's name."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if whole and span.start <= whole[-1].end:
            last = whole[-1]
            since = min(last.since, span.since)
            whole[-1] = Span(last.start, max(last.end, span.end), last.name, since)
        else:
            whole.append(span)
    return whole


def beyond_markers(text: str, spans: list[Span]) -> list[Span]:
    """Give the spans that hold more than a marker, each with the whole of the markers it touches.

    A marker is not redacted again: `RED` as a pattern finds nothing in `[REDACTED]`.
    """
    if not spans or REDACTED not in text:
        return spans
    starts = _starts_of_markers(text)
    return merged(widened for span in spans if (widened := _widened(span, starts)) is not None)


def _starts_of_markers(text: str) -> list[int]:
    starts = []
    place = text.find(REDACTED)
    while place >= 0:
        starts.append(place)
        place = text.find(REDACTED, place + len(REDACTED))
    return starts


def _widened(span: Span, markers: list[int]) -> Span | None:
    touched = markers[
        bisect_right(markers, span.start - len(REDACTED)) : bisect_left(markers, span.end)
    ]
    if not touched:
        return span
    start, end = touched[0], touched[-1] + len(REDACTED)
    if len(touched) == 1 and start <= span.start and span.end <= end:
        return None
    start, end = min(start, span.start), max(end, span.end)
    return Span(start, end, span.name, min(start, span.since))


def replaced(text: str, spans: list[Span]) -> str:
    """Give the text with the marker in the place of each span."""
    parts: list[str] = []
    place = 0
    for span in spans:
        parts += (text[place : span.start], REDACTED)
        place = span.end
    return "".join((*parts, text[place:]))
