"""What one event adds to the page of a conversation: a bubble of speech, or a note beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from pidgin_cli.events.conversation import Conversation
from pidgin_cli.views.hypertext import escaped, prose
from pidgin_cli.views.notes import cut_words, note, response_figures, target_words
from pidgin_cli.views.progress import Cut, Step
from pidgin_cli.views.speakers import speaker, speaker_model
from pidgin_cli.views.summary import ending

SHADES = 8
"""Colours that the page has for agents; those past so many begin again with the first."""

KINDS = {
    "said": "messages",
    "think": "thinking",
    "steer": "interventions",
    "noticed": "detections",
    "trouble": "failures",
    "pause": "pauses",
}
"""Kinds of parts that a reader can hide, as they are called on the page."""

_NOTE_KINDS = {
    "attractor.detected": "noticed",
    "convergence.measured": "noticed",
    "context.usage": "noticed",
    "rate_limit.warning": "trouble",
    "api.call.failed": "trouble",
    "pause.requested": "pause",
    "checkpoint.saved": "pause",
    "experiment.resumed": "pause",
}


class Part(NamedTuple):
    """A part of the page, and the kind by which it can be hidden; "" where it always stays."""

    kind: str
    html: str


class Bubbles:
    """Gives the parts of one conversation.

    Args:
        reasoning: whether thinking is shown.
    """

    def __init__(self, conversation: Conversation, *, reasoning: bool) -> None:
        self._conversation = conversation
        self._reasoning = reasoning
        self._shades: dict[str, int] = {}

    def shade(self, agent_id: str) -> int:
        """Give the number of the agent's colour: by its place, or else by when it first spoke."""
        for agent in self._conversation.agents:
            self._shades.setdefault(agent.agent_id, len(self._shades))
        return self._shades.setdefault(agent_id, len(self._shades)) % SHADES

    def of(self, step: Step) -> list[Part]:
        """Give what an event adds."""
        return _SHOWN.get(step.event.type, Bubbles._note)(self, step)

    def of_cut(self, cut: Cut) -> list[Part]:
        """Give what came of a response that ended without a word."""
        content = "".join(cut.response.pieces)
        if not content:
            return []
        figures = ["cut off here, no message"]
        return [self._bubble(cut.response.agent_id, None, content, figures, "cut void")]

    def _respond(self, step: Step) -> list[Part]:
        data, agent_id = step.event.data, step.event.agent_id or ""
        said = self._bubble(
            agent_id, data.get("model"), data.get("content", ""), response_figures(data)
        )
        reasoning = data.get("reasoning", "")
        if not (reasoning and self._reasoning):
            return [said]
        shade = self.shade(agent_id)
        thought = (
            f'<details class="think k-think a{shade}" open><summary>'
            f"{escaped(speaker(self._conversation, agent_id))} thinking</summary>"
            f'<div class="words">{prose(reasoning)}</div></details>\n'
        )
        return [Part("think", thought), said]

    def _interrupt(self, step: Step) -> list[Part]:
        data, words = step.event.data, cut_words(step.event.data)
        is_message = step.message is not None
        figures = [words] if is_message else [words, "no message"]
        looks = "cut" if is_message else "cut void"
        agent_id = step.event.agent_id or ""
        return [self._bubble(agent_id, data.get("model"), data.get("content", ""), figures, looks)]

    def _bubble(
        self,
        agent_id: str,
        model: str | None,
        content: str,
        figures: Sequence[str],
        looks: str = "",
    ) -> Part:
        shade = self.shade(agent_id)
        side = "right" if shade == 1 and len(self._conversation.agents) == 2 else ""
        classes = " ".join(filter(None, ("bubble k-said", f"a{shade}", side, looks)))
        name = speaker(self._conversation, agent_id)
        who = _label(name, speaker_model(self._conversation, agent_id, model))
        words = prose(content) or '<p class="nothing">nothing</p>'
        return Part(
            "said",
            f'<div class="{classes}"><div class="who">{who}</div><div class="words">{words}</div>'
            f'<div class="took">{escaped(" · ".join(figures))}</div></div>\n',
        )

    def _intervene(self, step: Step) -> list[Part]:
        data = step.event.data
        who = f"intervention by {data.get('source', 'somebody')} to {target_words(data)}"
        return [
            Part(
                "steer",
                f'<div class="steer k-steer"><div class="who">{escaped(who)}</div>'
                f'<div class="words">{prose(data.get("content", ""))}</div></div>\n',
            )
        ]

    def _end(self, step: Step) -> list[Part]:
        state = "failed" if step.event.type == "experiment.failed" else "completed"
        words = escaped(ending(self._conversation))
        return [Part("", f'<p class="note last {state}">{words}</p>\n')]

    def _note(self, step: Step) -> list[Part]:
        words = note(step.event)
        if words is None:
            return []
        kind = _NOTE_KINDS.get(step.event.type, "noticed")
        looks = " strong" if step.event.type == "attractor.detected" else ""
        return [Part(kind, f'<p class="note k-{kind}{looks}">{escaped(words)}</p>\n')]

    def _stay_silent(self, step: Step) -> list[Part]:
        return []


@lru_cache(maxsize=64)
def _label(name: str, model: str) -> str:
    return f"<b>{escaped(name)}</b> <span>{escaped(model)}</span>"


_SHOWN: dict[str, Callable[[Bubbles, Step], list[Part]]] = {
    "experiment.started": Bubbles._stay_silent,
    "experiment.completed": Bubbles._end,
    "experiment.failed": Bubbles._end,
    "response.streaming": Bubbles._stay_silent,
    "response.completed": Bubbles._respond,
    "response.interrupted": Bubbles._interrupt,
    "conductor.intervention": Bubbles._intervene,
}
