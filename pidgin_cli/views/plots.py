"""Plots as SVG: one recorded figure over the turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pidgin_cli.views.hypertext import escaped

WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 46, 8, 10, 22
_INNER_WIDTH, _INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
MOST_DOTS = 60
"""Turns past which a line is shown without its dots."""


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one agent, or of nobody, by turn.

    Args:
        shade: number of a colour of the page; None for what concerns all agents.
    """

    name: str
    shade: int | None
    points: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plot:
    """One figure over the turns.

    Args:
        shown: gives a value as a reader is told it.
        top: the highest value of the axis where it is fixed.
        link: gives the address of a turn.
    """

    title: str
    series: Sequence[Series]
    shown: Callable[[float], str]
    link: Callable[[int], str]
    top: float | None = None


def plotted(plot: Plot) -> str:
    """Give the plot as a figure, "" where there are not two turns to compare."""
    turns = sorted({turn for series in plot.series for turn in series.points})
    if len(turns) < 2:
        return ""
    highest = max(value for series in plot.series for value in series.points.values())
    top = plot.top if plot.top is not None and highest <= plot.top else nice(highest)
    scale = _Scale(turns[0], turns[-1], top)
    parts = [
        *_grid(scale, plot),
        *(_line(series, scale) for series in plot.series if series.points),
        *_columns(turns, scale, plot),
    ]
    title = escaped(plot.title)
    return (
        f'<figure class="plot"><figcaption>{title}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">'
        f"{''.join(parts)}</svg></figure>"
    )


def nice(highest: float) -> float:
    """Give a round number that is not below this one: 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    return next((step * power for step in (1, 2, 5, 10) if highest <= step * power), highest)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a turn and a value stand."""

    first: int
    last: int
    top: float

    def x(self, turn: float) -> float:
        return LEFT + _INNER_WIDTH * (turn - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return TOP + _INNER_HEIGHT * (1 - max(value, 0.0) / self.top)


def _grid(scale: _Scale, plot: Plot) -> Iterator[str]:
    for value in (0.0, scale.top / 2, scale.top):
        y = scale.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        words = escaped(plot.shown(value))
        yield f'<text class="tick end" x="{LEFT - 5}" y="{y + 3:.1f}">{words}</text>'
    middle = (scale.first + scale.last) // 2
    places = ((scale.first, "start"), (middle, "mid"), (scale.last, "end"))
    for turn, anchor in places if middle not in (scale.first, scale.last) else places[::2]:
        words = f"turn {turn}" if anchor == "start" else str(turn)
        yield f'<text class="tick {anchor}" x="{scale.x(turn):.1f}" y="{HEIGHT - 6}">{words}</text>'


def _line(series: Series, scale: _Scale) -> str:
    places = [
        (f"{scale.x(turn):.1f}", f"{scale.y(value):.1f}")
        for turn, value in sorted(series.points.items())
    ]
    path = " ".join(f"{x},{y}" for x, y in places)
    colour = "whole" if series.shade is None else f"c{series.shade}"
    line = f'<polyline class="line {colour}" points="{path}"/>'
    if len(places) > MOST_DOTS:
        return line
    dots = "".join(f'<circle class="dot {colour}" cx="{x}" cy="{y}" r="2.4"/>' for x, y in places)
    return line + dots


def _columns(turns: Sequence[int], scale: _Scale, plot: Plot) -> Iterator[str]:
    """Give a column a turn, which tells its figures and leads to it."""
    width = max(_INNER_WIDTH / (scale.last - scale.first), 1.0)
    rest = f'y="{TOP}" width="{width:.2f}" height="{_INNER_HEIGHT}"><title>turn'
    link, x, shown, half = plot.link, scale.x, plot.shown, width / 2
    named = [(f"{escaped(each.name.lstrip())} ".lstrip(), each.points) for each in plot.series]
    for turn in turns:
        figures = ", ".join(
            [name + shown(points[turn]) for name, points in named if turn in points]
        )
        yield (
            f'<a href="{link(turn)}"><rect class="column" x="{x(turn) - half:.1f}" '
            f"{rest} {turn}: {figures}</title></rect></a>"
        )
