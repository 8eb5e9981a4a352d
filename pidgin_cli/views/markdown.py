"""A conversation as Markdown that reads well on GitHub and in a pager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.views.figures import compact
from pidgin_cli.views.notes import cut_words, note, response_figures, target_words
from pidgin_cli.views.progress import Cut, Progress, Step
from pidgin_cli.views.quotation import inline, quoted
from pidgin_cli.views.speakers import full_model, full_name, speaker, speaker_model
from pidgin_cli.views.summary import Pair, beginning, ending, outcome
from pidgin_cli.views.view import EVERYTHING, EXCERPT, Choice


def markdown(events: Iterable[Event], choice: Choice = EVERYTHING) -> Iterator[str]:
    """Give the log of one experiment as pieces of Markdown, in its order; holds one response.

    What was said stands in blockquotes, and nothing else does. Times are UTC.
    """
    view = MarkdownView(choice)
    for event in events:
        yield view.feed(event)
    yield view.finish()


class MarkdownView:
    """The view between two events: the fold, and which turn has its heading already."""

    def __init__(self, choice: Choice = EVERYTHING) -> None:
        self._choice = choice
        self._progress = Progress()
        self._conversation = self._progress.conversation
        self._turn: int | None = None
        self._titled = False

    def feed(self, event: Event) -> str:
        """Give what the next event adds."""
        step = self._progress.take(event)
        if step is None:
            return ""
        pieces = [] if self._titled else [self._title(event)]
        if step.cut is not None:
            pieces.append(self._cut(step.cut))
        if self._choice.shows(event):
            shown = _SHOWN.get(event.type, _note)(self._conversation, step)
            if shown and event.type == "response.completed" and self._choice.reasoning:
                shown = _think(self._conversation, step) + shown
            if shown or event.type == "turn.started":
                pieces += [self._heading(event), shown]
        return "".join(pieces)

    def finish(self) -> str:
        """Give what stands at the end: a response that was under way, and the summary."""
        if not self._titled:
            return "# Empty log\n\nIt holds no events that this version can show.\n"
        under_way = self._progress.under_way
        cut = "" if under_way is None else self._cut(under_way)
        figures = _table(("figure", "value"), outcome(self._conversation))
        return f"{cut}## Summary\n\n{figures}"

    def _title(self, event: Event) -> str:
        self._titled = True
        excerpt = "" if self._choice.wanted is None else f"*{EXCERPT}*\n\n"
        return f"# Conversation {inline(event.experiment_id)}\n\n{excerpt}"

    def _heading(self, event: Event) -> str:
        turn_number = event.turn_number
        if event.type == "turn.started" and turn_number is None:
            turn_number = 0
        if turn_number is None or turn_number == self._turn:
            return ""
        self._turn = turn_number
        return f"## Turn {turn_number}\n\n"

    def _cut(self, cut: Cut) -> str:
        """Show what came of a response that ended without a word."""
        content = "".join(cut.response.pieces)
        if not content or not self._choice.shows(cut.began):
            return ""
        figures = ["cut off here, no message"]
        speaker = _speaker(self._conversation, cut.response.agent_id, None, figures)
        return f"{self._heading(cut.began)}{speaker}{quoted(content)}\n"


def _start(conversation: Conversation, step: Step) -> str:
    rows = [
        (full_name(agent), full_model(agent.model, agent.provider), _pairs(agent.parameters))
        for agent in conversation.agents
    ]
    parts = [_table(("agent", "model", "parameters"), rows)] if rows else []
    parts.append(_table(("setting", "value"), beginning(conversation)))
    for agent in conversation.agents:
        if agent.system_prompt:
            name = inline(full_name(agent))
            parts.append(f"**System prompt of {name}**\n\n{quoted(agent.system_prompt)}")
    if conversation.initial_prompt:
        parts.append(f"**Prompt**\n\n{quoted(conversation.initial_prompt)}")
    return "".join(f"{part}\n" for part in parts)


def _end(conversation: Conversation, step: Step) -> str:
    return f"*{inline(ending(conversation))}*\n\n"


def _think(conversation: Conversation, step: Step) -> str:
    data = step.event.data
    if not data.get("reasoning"):
        return ""
    speaker = _speaker(conversation, step.event.agent_id or "", data.get("model"), ["thinking"])
    return f"{speaker}{quoted(data['reasoning'])}\n"


def _respond(conversation: Conversation, step: Step) -> str:
    data = step.event.data
    figures = response_figures(data)
    speaker = _speaker(conversation, step.event.agent_id or "", data.get("model"), figures)
    return f"{speaker}{quoted(data.get('content', ''))}\n"


def _interrupt(conversation: Conversation, step: Step) -> str:
    data, words = step.event.data, cut_words(step.event.data)
    figures = [words] if step.message is not None else [words, "no message"]
    speaker = _speaker(conversation, step.event.agent_id or "", data.get("model"), figures)
    return f"{speaker}{quoted(data['content'])}\n" if data.get("content") else speaker


def _intervene(conversation: Conversation, step: Step) -> str:
    data = step.event.data
    source, target = inline(data.get("source", "somebody")), inline(target_words(data))
    return f"**Intervention** by {source} to {target}\n\n{quoted(data.get('content', ''))}\n"


def _stay_silent(conversation: Conversation, step: Step) -> str:
    return ""


def _note(conversation: Conversation, step: Step) -> str:
    words = note(step.event)
    return "" if words is None else f"*{inline(words)}*\n\n"


def _speaker(
    conversation: Conversation, agent_id: str, model: str | None, figures: list[str]
) -> str:
    name = speaker(conversation, agent_id)
    label = _label(name, speaker_model(conversation, agent_id, model))
    return f"{label} · {inline(' · '.join(figures))}\n\n" if figures else f"{label}\n\n"


@lru_cache(maxsize=64)
def _label(name: str, model: str) -> str:
    return f"**{inline(name)}** · {inline(model)}" if model else f"**{inline(name)}**"


def _pairs(mapping: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {compact(value)}" for key, value in mapping.items())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...] | Pair]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(map(inline, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_SHOWN: dict[str, Callable[[Conversation, Step], str]] = {
    "experiment.started": _start,
    "experiment.completed": _end,
    "experiment.failed": _end,
    "response.streaming": _stay_silent,
    "response.completed": _respond,
    "response.interrupted": _interrupt,
    "conductor.intervention": _intervene,
}
