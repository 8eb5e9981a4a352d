"""How those who take part are called where a person reads it."""

from __future__ import annotations

import re
from functools import lru_cache

from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation

_PSEUDONYM = re.compile(r"((?:model|provider)-[0-9a-f]{8})[0-9a-f]{32}")
"""A name that was redacted; its beginning tells it from the others of a conversation."""


def full_name(agent: Agent) -> str:
    """Give what the agent is called, and its id where that is something else."""
    if agent.name is None or agent.name == agent.agent_id:
        return agent.agent_id
    return f"{agent.name} ({agent.agent_id})"


def full_model(model: str, provider: str) -> str:
    """Give the model with its provider before it, so that a simulated one is seen to be one."""
    if not provider or model.startswith(f"{provider}:"):
        return model
    return f"{provider}:{model}"


def speaker(conversation: Conversation, agent_id: str) -> str:
    """Give what the agent of that id is called; the id itself where the log introduced nobody."""
    agent = _agent(conversation, agent_id)
    return full_name(agent) if agent is not None else agent_id.strip() or "somebody"


def speaker_model(conversation: Conversation, agent_id: str, model: str | None = None) -> str:
    """Give the model that the agent speaks with, or the one that answered; "" if none is known.

    Of a pseudonym, which stands whole where the agents are introduced, the beginning is enough.
    """
    agent = _agent(conversation, agent_id)
    name = model or "" if agent is None else full_model(model or agent.model, agent.provider)
    return _told_apart(name)


@lru_cache(maxsize=64)
def _told_apart(name: str) -> str:
    return _PSEUDONYM.sub(r"\1", name)


def _agent(conversation: Conversation, agent_id: str) -> Agent | None:
    for agent in conversation.agents:
        if agent.agent_id == agent_id:
            return agent
    return None
