"""A conversation as Markdown that reads well on GitHub and in a pager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pidgin_cli.events.conversation import Conversation, OpenResponse
from pidgin_cli.events.event import Event
from pidgin_cli.views.figures import compact
from pidgin_cli.views.notes import cut_words, note, response_figures, target_words
from pidgin_cli.views.progress import Progress, Step
from pidgin_cli.views.quotation import inline, quoted
from pidgin_cli.views.speakers import full_model, full_name, speaker, speaker_model
from pidgin_cli.views.summary import Pair, beginning, ending, outcome


def markdown(events: Iterable[Event]) -> Iterator[str]:
    """Give the log of one experiment as pieces of Markdown, in its order; holds one response.

    What was said stands in blockquotes, and nothing else does. Times are UTC.
    """
    view = _Markdown()
    for event in events:
        yield from view.feed(event)
    yield from view.finish()


class _Markdown:
    """The view between two events: the fold, and which turn has its heading already."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._conversation = self._progress.conversation
        self._turn: int | None = None
        self._titled = False

    def feed(self, event: Event) -> Iterator[str]:
        """Give what the next event adds."""
        step = self._progress.take(event)
        if step is None:
            return
        if not self._titled:
            self._titled = True
            yield f"# Conversation {inline(event.experiment_id)}\n\n"
        if step.cut is not None:
            yield from _cut(self._conversation, step.cut)
        shown = "".join(_SHOWN.get(event.type, _note)(self._conversation, step))
        if shown or event.type == "turn.started":
            yield from self._heading(event)
            yield shown

    def finish(self) -> Iterator[str]:
        """Give what stands at the end: a response that was under way, and the summary."""
        conversation = self._conversation
        if not self._titled:
            yield "# Empty log\n\nIt holds no events that this version can show.\n"
            return
        if conversation.open_response is not None:
            yield from _cut(conversation, conversation.open_response)
        yield "## Summary\n\n"
        yield _table(("figure", "value"), outcome(conversation))

    def _heading(self, event: Event) -> Iterator[str]:
        turn_number = event.turn_number
        if event.type == "turn.started" and turn_number is None:
            turn_number = 0
        if turn_number is not None and turn_number != self._turn:
            self._turn = turn_number
            yield f"## Turn {turn_number}\n\n"


def _start(conversation: Conversation, step: Step) -> Iterator[str]:
    rows = [
        (full_name(agent), full_model(agent.model, agent.provider), _pairs(agent.parameters))
        for agent in conversation.agents
    ]
    if rows:
        yield _table(("agent", "model", "parameters"), rows)
        yield "\n"
    yield _table(("setting", "value"), beginning(conversation))
    yield "\n"
    for agent in conversation.agents:
        if agent.system_prompt:
            yield f"**System prompt of {inline(full_name(agent))}**\n\n"
            yield f"{quoted(agent.system_prompt)}\n"
    if conversation.initial_prompt:
        yield f"**Prompt**\n\n{quoted(conversation.initial_prompt)}\n"


def _end(conversation: Conversation, step: Step) -> Iterator[str]:
    yield f"*{inline(ending(conversation))}*\n\n"


def _respond(conversation: Conversation, step: Step) -> Iterator[str]:
    data = step.event.data
    agent_id = step.event.agent_id or ""
    yield _speaker(conversation, agent_id, data.get("model"), response_figures(data))
    yield f"{quoted(data.get('content', ''))}\n"


def _interrupt(conversation: Conversation, step: Step) -> Iterator[str]:
    data, words = step.event.data, cut_words(step.event.data)
    figures = [words] if step.message is not None else [words, "no message"]
    yield _speaker(conversation, step.event.agent_id or "", data.get("model"), figures)
    if data.get("content"):
        yield f"{quoted(data['content'])}\n"


def _intervene(conversation: Conversation, step: Step) -> Iterator[str]:
    data = step.event.data
    source, target = inline(data.get("source", "somebody")), inline(target_words(data))
    yield f"**Intervention** by {source} to {target}\n\n{quoted(data.get('content', ''))}\n"


def _stay_silent(conversation: Conversation, step: Step) -> Iterator[str]:
    return iter(())


def _note(conversation: Conversation, step: Step) -> Iterator[str]:
    words = note(step.event)
    if words is not None:
        yield f"*{inline(words)}*\n\n"


def _cut(conversation: Conversation, response: OpenResponse) -> Iterator[str]:
    """Show what came of a response that ended without a word."""
    content = "".join(response.pieces)
    if content:
        yield _speaker(conversation, response.agent_id, None, ["cut off here, no message"])
        yield f"{quoted(content)}\n"


def _speaker(
    conversation: Conversation, agent_id: str, model: str | None, figures: list[str]
) -> str:
    model = speaker_model(conversation, agent_id, model)
    name = inline(speaker(conversation, agent_id))
    parts = [f"**{name}**", *([inline(model)] if model else []), *map(inline, figures)]
    return f"{' · '.join(parts)}\n\n"


def _pairs(mapping: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} {compact(value)}" for key, value in mapping.items())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...] | Pair]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(map(inline, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


_SHOWN: dict[str, Callable[[Conversation, Step], Iterator[str]]] = {
    "experiment.started": _start,
    "experiment.completed": _end,
    "experiment.failed": _end,
    "response.streaming": _stay_silent,
    "response.completed": _respond,
    "response.interrupted": _interrupt,
    "conductor.intervention": _intervene,
}
