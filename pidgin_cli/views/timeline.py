"""A conversation as an article of a page: its figures, its plots, its timeline, who said what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pidgin_cli.events.event import Event
from pidgin_cli.views.bubbles import KINDS, Bubbles, Part
from pidgin_cli.views.charts import CHARTED, Charts, Link
from pidgin_cli.views.figures import seconds
from pidgin_cli.views.hypertext import escaped
from pidgin_cli.views.masthead import masthead
from pidgin_cli.views.progress import Progress
from pidgin_cli.views.speakers import speaker
from pidgin_cli.views.view import EVERYTHING, EXCERPT, Choice

_NOT_IN_AN_ADDRESS = re.compile(r"[^A-Za-z0-9._-]+")
_NOTHING = "It holds no events that this version can show."


@dataclass(slots=True)
class _Section:
    """A turn, or what came before the first one: when it began, in seconds, and its parts."""

    turn_number: int | None
    elapsed: float
    parts: list[str] = field(default_factory=list)


class TimelineView:
    """One experiment, which is given whole at the end; holds what is shown of it."""

    def __init__(self, choice: Choice = EVERYTHING) -> None:
        self._choice = choice
        self._progress = Progress()
        self._conversation = self._progress.conversation
        self._bubbles = Bubbles(self._conversation, reasoning=choice.reasoning)
        self._charts = Charts(self._bubbles.shade)
        self._sections: list[_Section] = []
        self._kinds: Counter[str] = Counter()
        self._speakers: dict[str, int] = {}

    def feed(self, event: Event) -> str:
        """Take in the next event, and give nothing yet."""
        step = self._progress.take(event)
        if step is None:
            return ""
        if step.cut is not None and self._choice.shows(step.cut.began):
            self._add(step.cut.began, self._bubbles.of_cut(step.cut))
        if self._choice.shows(event):
            if event.type in CHARTED:
                self._charts.take(step.event, self._conversation.duration)
            self._add(event, self._bubbles.of(step))
        return ""

    def finish(self) -> str:
        """Give the article."""
        if self._conversation.first_timestamp is None:
            return f'<article><h1>Empty log</h1><p class="note">{_NOTHING}</p></article>\n'
        under_way = self._progress.under_way
        if under_way is not None and self._choice.shows(under_way.began):
            self._add(under_way.began, self._bubbles.of_cut(under_way))
        return "".join(self._article())

    def _add(self, event: Event, parts: Sequence[Part]) -> None:
        if not parts and event.type != "turn.started":
            return
        section = self._section(event)
        for part in parts:
            section.parts.append(part.html)
            self._kinds[part.kind] += 1
            if part.kind == "said":
                agent_id = event.agent_id or ""
                self._speakers[agent_id] = self._bubbles.shade(agent_id)

    def _section(self, event: Event) -> _Section:
        number = event.turn_number
        if number is None and event.type == "turn.started":
            number = 0
        last = self._sections[-1] if self._sections else None
        if last is None or number not in (None, last.turn_number):
            last = _Section(number, self._conversation.duration)
            self._sections.append(last)
        return last

    @property
    def _address(self) -> str:
        return _address(self._conversation.experiment_id)

    def _links(self) -> Link:
        """Give what gives the address of a turn."""
        beginning = f"#{self._address}.t"
        return lambda turn_number: f"{beginning}{turn_number}"

    def _article(self) -> Iterator[str]:
        yield f'<article id="{self._address}">\n'
        yield from masthead(self._conversation, self._bubbles.shade)
        if self._choice.wanted is not None:
            yield f'<p class="note">{EXCERPT}</p>\n'
        yield from self._charts.drawn(self._conversation.duration, self._links())
        yield f'<div class="tools">{self._filters()}{self._jumps()}</div>\n'
        for section in self._sections:
            yield from self._shown(section)
        yield "</article>\n"

    def _filters(self) -> str:
        kinds = [
            _filter(kind, f"{words} {self._kinds[kind]}", "chip")
            for kind, words in KINDS.items()
            if self._kinds[kind]
        ]
        agents = [
            _filter(f"a{shade}", escaped(speaker(self._conversation, agent_id)), f"chip a{shade}")
            for agent_id, shade in self._speakers.items()
        ]
        return "".join([*kinds, *(agents if len(agents) > 1 else [])])

    def _jumps(self) -> str:
        numbers = [each.turn_number for each in self._sections if each.turn_number is not None]
        if len(numbers) < 2:
            return ""
        link = self._links()
        links = "".join([f'<a href="{link(number)}">{number}</a>' for number in numbers])
        return f'<details class="jump"><summary>turns</summary><nav>{links}</nav></details>'

    def _shown(self, section: _Section) -> Iterator[str]:
        number, parts = section.turn_number, "".join(section.parts)
        if number is None:
            if parts:
                yield f"<section>{parts}</section>\n"
            return
        name = f"{self._address}.t{number}"
        yield f'<section class="turn" id="{name}"><h2><a href="#{name}">Turn {number}</a>'
        yield f"<span>+{seconds(section.elapsed)}</span></h2>\n{parts}</section>\n"


@lru_cache(maxsize=8)
def _address(experiment_id: str) -> str:
    return _NOT_IN_AN_ADDRESS.sub("-", experiment_id)


def _filter(name: str, words: str, looks: str) -> str:
    box = f'<input type="checkbox" checked class="f-{name}">'
    return f'<label class="{looks}">{box}<span>{words}</span></label>'
