"""What experiments would use, before anybody is asked: history makes it grow with the square."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pidgin_cli.config.catalogue import Model
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.pricing import cost

ASSUMED_ANSWER = 300.0
"""Tokens of an answer where nothing says how long they are."""

Answers = Callable[[Agent], float]
"""Gives the tokens of an agent's usual answer."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What calls would use. The cost is None where a price is not known; caches are left out."""

    calls: int = 0
    usage: Usage = Usage()
    cost_usd: float | None = 0.0

    def __add__(self, other: Estimate) -> Estimate:
        """Give both together."""
        known = self.cost_usd is not None and other.cost_usd is not None
        total = (self.cost_usd or 0.0) + (other.cost_usd or 0.0)
        return Estimate(
            self.calls + other.calls, self.usage + other.usage, total if known else None
        )


def estimate(
    conversation: Conversation,
    turns: int,
    answers: Answers,
    models: Callable[[Agent], Model | None],
) -> Estimate:
    """Give what further turns would use. Every call sends all that was said before.

    Args:
        conversation: what has been said so far.
        models: gives what is known of an agent's model.
    """
    agents = conversation.agents
    sent = {a.agent_id: float(conversation.perspectives[a.agent_id].tokens) for a in agents}
    said = {agent.agent_id: _shortened(agent, answers(agent)) for agent in agents}
    known = {agent.agent_id: models(agent) for agent in agents}
    total = Estimate()
    for _ in range(turns):
        for agent in agents:
            answer = said[agent.agent_id]
            usage = Usage(round(sent[agent.agent_id]), round(answer))
            model = known[agent.agent_id]
            dollars = None if model is None else cost(usage, model)
            total += Estimate(1, usage, dollars)
            for hearer in sent:
                sent[hearer] += answer
    return total


def usual_answers(conversation: Conversation | None) -> Answers:
    """Give how long answers are: as they were in an experiment, or else as is assumed.

    An agent answers as that of the same model did, or else as all did.
    """
    lengths: dict[str, list[int]] = {}
    models = {} if conversation is None else _models(conversation.agents)
    for spoken in () if conversation is None else conversation.messages:
        if spoken.tokens is not None:
            lengths.setdefault(models.get(spoken.agent_id, ""), []).append(spoken.tokens)
    every = [length for each in lengths.values() for length in each]

    def answers(agent: Agent) -> float:
        known = lengths.get(agent.model) or every
        return sum(known) / len(known) if known else ASSUMED_ANSWER

    return answers


def _models(agents: Sequence[Agent]) -> Mapping[str, str]:
    return {agent.agent_id: agent.model for agent in agents}


def _shortened(agent: Agent, answer: float) -> float:
    most = agent.parameters.get("max_tokens")
    return answer if most is None else min(answer, float(most))
