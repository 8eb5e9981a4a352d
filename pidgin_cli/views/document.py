"""A conversation as one JSON document: the fold's state, and the events that it came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orjson import loads

from pidgin_cli.config.times import instant
from pidgin_cli.events.cast import Agent, Intervention, Spoken
from pidgin_cli.events.codec import encode, encode_value
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.views.progress import UNREAD
from pidgin_cli.views.sound import sound
from pidgin_cli.views.view import EVERYTHING, Choice

_SETTINGS = (
    "max_turns",
    "seed",
    "group",
    "repetition",
    "labels",
    "limits",
    "settings",
    "parent",
)


def document(events: Iterable[Event], choice: Choice = EVERYTHING) -> dict[str, Any]:
    """Give the log of one experiment as metadata, messages, interventions, metrics and events.

    Everything in it can be written as JSON; it holds the whole log. `document.schema.json`
    describes it.
    """
    view = DocumentView(choice)
    for event in events:
        view.feed(event)
    return {**view.told(), "events": [loads(line) for line in view.lines]}


class DocumentView:
    """The document as a view: one line of JSON, as bytes, at the end.

    `lines` are those of the events that are shown, as they stand in the log.
    """

    def __init__(self, choice: Choice = EVERYTHING) -> None:
        self.lines: list[bytes] = []
        self._choice = choice
        self._conversation = Conversation()
        self._messages: list[Spoken] = []
        self._said = 0
        self._interventions: list[Intervention] = []
        self._trend: list[dict[str, Any]] = []

    def feed(self, event: Event) -> bytes:
        """Take in the next event, and give nothing yet."""
        shown = self._choice.shows(event)
        if shown:
            self.lines.append(encode(event).rstrip(b"\n"))
        if event.type not in _UNREAD:
            event = sound(event)
        self._conversation.apply(event)
        if event.type in _TELLING:
            self._take(event, shown=shown)
        return b""

    def finish(self) -> bytes:
        """Give the document."""
        told = encode_value(self.told()).removesuffix(b"}")
        return b"".join((told, b',"events":[', b",".join(self.lines), b"]}\n"))

    def told(self) -> dict[str, Any]:
        """Give all of the document but the events."""
        conversation = self._conversation
        return {
            "metadata": {**_metadata(conversation), "excerpt": self._choice.wanted is not None},
            "messages": [_message(conversation, spoken) for spoken in self._messages],
            "interventions": [_intervention(item) for item in self._interventions],
            "metrics": _metrics(conversation, self._said, self._trend),
        }

    def _take(self, event: Event, *, shown: bool) -> None:
        """Take what the fold has made of an event, so that it need not hold it as well."""
        conversation = self._conversation
        self._said += len(conversation.messages)
        if shown:
            self._messages += conversation.messages
            self._interventions += conversation.interventions
            if event.type == "convergence.measured" and "score" in event.data:
                score = event.data["score"]
                self._trend.append({"turn_number": event.turn_number, "score": score})
        conversation.perspectives.clear()
        conversation.messages.clear()
        conversation.interventions.clear()


_UNREAD = UNREAD | {"response.streaming"}
_TELLING = frozenset(
    {
        "experiment.started",
        "response.completed",
        "response.interrupted",
        "conductor.intervention",
        "convergence.measured",
    }
)


def _metadata(conversation: Conversation) -> dict[str, Any]:
    started, first = conversation.started, conversation.first_timestamp
    state = "unfinished" if conversation.state == "running" else conversation.state
    return {
        "experiment_id": conversation.experiment_id,
        "state": state,
        "reason": conversation.reason,
        "error": dict(conversation.error) or None,
        "started_at": None if first is None else instant(first),
        "last_event_at": None if first is None else instant(conversation.last_timestamp),
        "agents": [_agent(agent) for agent in conversation.agents],
        "initial_prompt": conversation.initial_prompt,
        **{name: started.get(name) for name in _SETTINGS},
        "skipped_events": conversation.skipped,
    }


def _agent(agent: Agent) -> dict[str, Any]:
    return {
        "agent_id": agent.agent_id,
        "name": agent.name,
        "model": agent.model,
        "provider": agent.provider,
        "system_prompt": agent.system_prompt,
        "parameters": dict(agent.parameters),
    }


def _message(conversation: Conversation, spoken: Spoken) -> dict[str, Any]:
    agents = {agent.agent_id: agent for agent in conversation.agents}
    agent = agents.get(spoken.agent_id)
    return {
        "turn_number": spoken.turn_number,
        "agent_id": spoken.agent_id,
        "name": None if agent is None else agent.name,
        "model": spoken.model or (None if agent is None else agent.model),
        "response": spoken.response,
        "content": spoken.content,
        "interrupted": spoken.interrupted,
        "timestamp": spoken.timestamp,
        "duration": spoken.duration,
        "tokens": spoken.tokens,
        "reasoning": spoken.reasoning,
    }


def _intervention(intervention: Intervention) -> dict[str, Any]:
    target = intervention.target
    return {
        "turn_number": intervention.turn_number,
        "source": intervention.source,
        "target": None if target is None else list(target),
        "content": intervention.content,
        "timestamp": intervention.timestamp,
    }


def _metrics(conversation: Conversation, said: int, trend: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "turns": conversation.turns_completed,
        "messages": said,
        "duration": conversation.duration,
        "usage": dict(conversation.usage.data()),
        "cost_usd": conversation.cost_usd,
        "interruptions": conversation.interruptions,
        "attractors": conversation.attractors,
        "highest_convergence": conversation.highest_convergence,
        "convergence": trend,
    }
