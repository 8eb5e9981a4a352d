"""A conversation as one JSON document: the fold's state, and the events that it came from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pidgin_cli.events.conversation import Agent, Conversation, Intervention, Spoken
from pidgin_cli.events.event import Event
from pidgin_cli.views.figures import instant
from pidgin_cli.views.sound import sound

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


def document(events: Iterable[Event]) -> dict[str, Any]:
    """Give the log of one experiment as metadata, messages, interventions, metrics and events.

    Everything in it can be written as JSON; it holds the whole log.
    """
    conversation = Conversation()
    trend: list[dict[str, Any]] = []
    recorded: list[dict[str, Any]] = []
    for event in events:
        recorded.append(_record(event))
        event = sound(event)
        conversation.apply(event)
        if event.type == "convergence.measured" and "score" in event.data:
            trend.append({"turn_number": event.turn_number, "score": event.data["score"]})
    return {
        "metadata": _metadata(conversation),
        "messages": [_message(conversation, spoken) for spoken in conversation.messages],
        "interventions": [_intervention(item) for item in conversation.interventions],
        "metrics": _metrics(conversation, trend),
        "events": recorded,
    }


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


def _metrics(conversation: Conversation, trend: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "turns": conversation.turns_completed,
        "messages": len(conversation.messages),
        "duration": conversation.duration,
        "usage": dict(conversation.usage.data()),
        "cost_usd": conversation.cost_usd,
        "interruptions": conversation.interruptions,
        "attractors": conversation.attractors,
        "highest_convergence": conversation.highest_convergence,
        "convergence": trend,
    }


def _record(event: Event) -> dict[str, Any]:
    return {
        "v": event.v,
        "id": event.id,
        "type": event.type,
        "experiment_id": event.experiment_id,
        "timestamp": event.timestamp,
        "turn_number": event.turn_number,
        "agent_id": event.agent_id,
        "data": event.data if type(event.data) is dict else dict(event.data),
        **event.extra,
    }
