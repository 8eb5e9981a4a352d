"""What the plots of a conversation show, gathered event by event."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pidgin_cli.events.event import Event
from pidgin_cli.events.payload import number
from pidgin_cli.views.figures import counted, seconds, share, tick
from pidgin_cli.views.notes import note
from pidgin_cli.views.plots import Plot, Series, plotted
from pidgin_cli.views.strip import Bar, Mark, Strip, strip

Shade = Callable[[str], int]
Link = Callable[[int], str]
_MARKS = {
    "attractor.detected": "noticed",
    "conductor.intervention": "steer",
    "api.call.failed": "trouble",
    "rate_limit.warning": "trouble",
    "pause.requested": "pause",
    "experiment.resumed": "pause",
    "experiment.failed": "trouble",
}
CHARTED = frozenset(
    {"response.completed", "response.interrupted", "convergence.measured", "context.usage", *_MARKS}
)
"""Kinds that plots, or the timeline, show something of."""


class Charts:
    """Figures of one conversation by turn, and who spoke when.

    Args:
        shade: gives the number of an agent's colour.
    """

    def __init__(self, shade: Shade) -> None:
        self._shade = shade
        self._convergence = Series("", None)
        self._tokens: dict[str, Series] = {}
        self._latency: dict[str, Series] = {}
        self._context: dict[str, Series] = {}
        self._bars: list[Bar] = []
        self._marks: list[Mark] = []

    def take(self, event: Event, elapsed: float) -> None:
        """Take in the next sound event.

        Args:
            elapsed: seconds since the beginning, without pauses.
        """
        data, turn = event.data, event.turn_number or 0
        match event.type:
            case "response.completed" | "response.interrupted":
                self._respond(event, elapsed)
            case "convergence.measured" if "score" in data:
                self._convergence.points[turn] = data["score"]
            case "context.usage" if (full := number(data, "percentage")) is not None:
                self._put(self._context, event, full)
        if event.type in _MARKS:
            words = note(event) or event.type
            self._marks.append(Mark(elapsed, _MARKS[event.type], event.turn_number, words))

    def drawn(self, length: float, link: Link) -> Iterator[str]:
        """Give the timeline, and the plots of what was recorded.

        Args:
            length: seconds that the conversation took, without pauses.
        """
        shades = {agent_id: self._shade(agent_id) for agent_id in self._speakers()}
        timeline = strip(Strip(self._bars, self._marks, shades, length, link))
        if timeline:
            yield f'<div class="timeline">{timeline}</div>\n'
        plots = "".join(map(plotted, self._plots(link)))
        if plots:
            yield f'<div class="plots">{plots}</div>\n'

    def _speakers(self) -> list[str]:
        return sorted({bar.agent_id for bar in self._bars}, key=self._shade)

    def _plots(self, link: Link) -> Iterator[Plot]:
        yield Plot("Convergence", [self._convergence], share, link, top=1.0)
        yield Plot("Tokens of a response", _by_shade(self._tokens), _rounded, link)
        yield Plot("Seconds of a response", _by_shade(self._latency), _latency, link)
        yield Plot("Context used", _by_shade(self._context), _percent, link)

    def _respond(self, event: Event, elapsed: float) -> None:
        data, whole = event.data, event.type == "response.completed"
        took = data.get("duration", 0.0)
        if "tokens" in data:
            self._put(self._tokens, event, data["tokens"])
        if "duration" in data and whole:
            self._put(self._latency, event, took)
        turn, agent_id = event.turn_number or 0, event.agent_id or ""
        words = f"turn {turn}, {agent_id}: {seconds(took)}, from {seconds(elapsed - took)} on"
        if "tokens" in data:
            words += f", {counted(data['tokens'], 'token')}"
        self._bars.append(Bar(agent_id, elapsed - took, elapsed, turn, words, whole))

    def _put(self, kept: dict[str, Series], event: Event, value: float) -> None:
        agent_id = event.agent_id or ""
        series = kept.get(agent_id)
        if series is None:
            series = kept[agent_id] = Series(agent_id, self._shade(agent_id))
        series.points[event.turn_number or 0] = value


def _by_shade(series: dict[str, Series]) -> list[Series]:
    return sorted(series.values(), key=lambda each: each.shade or 0)


def _rounded(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.3g}"


def _latency(value: float) -> str:
    """Give seconds in one unit: two would not fit beside the plot."""
    if value < 60:
        return tick(value)
    return f"{value:.3g} s" if value < 1000 else f"{value / 60:.3g} min"


def _percent(value: float) -> str:
    return f"{value:.3g} %"
