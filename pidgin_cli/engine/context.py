"""How full a model's context is: before a call, and as the service's count shows after it."""

from __future__ import annotations

from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import FEWEST_COUNTED
from pidgin_cli.events.detections import ContextUsage
from pidgin_cli.providers.router import Router

FEWEST_TO_JUDGE = 1000
"""Tokens by the estimate below which a small count shows nothing."""


def percentage_before(agent: Agent, tokens: int, router: Router) -> float | None:
    """Give how full an agent's context is with that many tokens, None where that is not known."""
    route = router.route(agent.model)
    limit = route.provider.context_limit(route.model)
    return None if limit is None else round(100 * tokens / limit, 2)


def context_before(model: str, tokens: int, limit: int, warn_at: float) -> ContextUsage:
    """Give the usage that a call will have, by the estimate of the tokens that it sends.

    Args:
        warn_at: percentage from which a note says that the context is filling up.
    """
    usage = _usage(model, tokens, limit, estimated=True)
    if usage["percentage"] >= warn_at:
        usage["note"] = f"the context of {model} is {usage['percentage']} % full"
    return usage


def truncation(before: ContextUsage, counted: int) -> ContextUsage | None:
    """Give the usage with a note, where the service counted so little that it cut the messages.

    Args:
        counted: tokens of input by the service.
    """
    sent = before["tokens_used"]
    if sent < FEWEST_TO_JUDGE or counted * FEWEST_COUNTED > sent:
        return None
    usage = _usage(before["model"], counted, before["limit"], estimated=False)
    usage["note"] = (
        f"the service counted {counted} tokens of about {sent} that were sent: it may have cut "
        "the conversation without a word"
    )
    return usage


def context_full(agent_id: str, usage: ContextUsage) -> Pause:
    """Give the pause that a full context asks for."""
    return Pause(
        "context_limit",
        f"{agent_id} has used {usage['percentage']} % of the {usage['limit']} tokens of "
        f"context of {usage['model']}",
    )


def _usage(model: str, tokens: int, limit: int, *, estimated: bool) -> ContextUsage:
    return ContextUsage(
        model=model,
        tokens_used=tokens,
        tokens_remaining=max(0, limit - tokens),
        limit=limit,
        percentage=round(100 * tokens / limit, 2),
        estimated=estimated,
    )
