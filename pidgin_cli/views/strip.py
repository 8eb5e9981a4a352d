"""The timeline as SVG: who spoke from when to when, and what happened at which moment."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pidgin_cli.views.figures import tick
from pidgin_cli.views.hypertext import escaped

_WIDTH = 1000
_LANE = 16
_GAP = 5
_MARKS = 18
_AXIS = 22
_THINNEST = 0.8
"""Units of the drawing that the shortest response takes, so that it is seen."""


class Bar(NamedTuple):
    """A response: from when to when, in seconds since the beginning; whether it was whole."""

    agent_id: str
    begin: float
    end: float
    turn: int
    words: str
    whole: bool


class Mark(NamedTuple):
    """Something that happened at one moment, in seconds since the beginning."""

    at: float
    kind: str
    turn: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Strip:
    """What a timeline shows.

    Args:
        shades: the agents, in the order of their lanes, with the numbers of their colours.
        length: seconds from the left to the right end.
        link: gives the address of a turn.
    """

    bars: Sequence[Bar]
    marks: Sequence[Mark]
    shades: Mapping[str, int]
    length: float
    link: Callable[[int], str]

    @property
    def foot(self) -> float:
        """Where the lanes end."""
        return len(self.shades) * (_LANE + _GAP)

    def x(self, at: float) -> float:
        """Give where a moment stands."""
        return min(max(at / self.length, 0.0), 1.0) * _WIDTH


def strip(drawn: Strip) -> str:
    """Give the timeline, "" where nobody spoke or no time passed."""
    if not drawn.bars or not 0 < drawn.length < math.inf:
        return ""
    height = drawn.foot + _MARKS + _AXIS
    parts = [*_axis(drawn), *_bars(drawn), *_marks(drawn)]
    return (
        f'<svg viewBox="-6 -2 {_WIDTH + 12} {height:g}" role="img" '
        f'aria-label="who spoke when">{"".join(parts)}</svg>'
    )


def _axis(drawn: Strip) -> Iterator[str]:
    foot = drawn.foot + _MARKS
    for place in range(6):
        at = drawn.length * place / 5
        anchor = "start" if place == 0 else "end" if place == 5 else "mid"
        x = f"{drawn.x(at):.1f}"
        yield f'<line class="grid" x1="{x}" x2="{x}" y1="0" y2="{foot:g}"/>'
        yield f'<text class="tick {anchor}" x="{x}" y="{foot + 14:g}">{tick(at)}</text>'


def _bars(drawn: Strip) -> Iterator[str]:
    lanes = {agent_id: lane * (_LANE + _GAP) for lane, agent_id in enumerate(drawn.shades)}
    link, x, shades = drawn.link, drawn.x, drawn.shades
    for agent_id, begin, end, turn, words, whole in drawn.bars:
        left = x(begin)
        width = max(x(end) - left, _THINNEST)
        looks = f"bar c{shades[agent_id]}" if whole else f"bar c{shades[agent_id]} cut"
        yield (
            f'<a href="{link(turn)}"><rect class="{looks}" x="{left:.2f}" y="{lanes[agent_id]}" '
            f'width="{width:.2f}" height="{_LANE}"><title>{escaped(words)}</title></rect></a>'
        )


def _marks(drawn: Strip) -> Iterator[str]:
    y = drawn.foot + _MARKS / 2
    for mark in drawn.marks:
        shape = (
            f'<circle class="mark {mark.kind}" cx="{drawn.x(mark.at):.1f}" cy="{y:g}" r="4.5">'
            f"<title>{escaped(mark.words)}</title></circle>"
        )
        yield shape if mark.turn is None else f'<a href="{drawn.link(mark.turn)}">{shape}</a>'
