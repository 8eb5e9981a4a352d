"""How much an experiment may use up, and whether what comes next still fits into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pidgin_cli.config.settings import Action, LimitSettings
from pidgin_cli.engine.context import percentage_before
from pidgin_cli.engine.experiment import Rules
from pidgin_cli.engine.turns import Complete, Pause, phrase_said
from pidgin_cli.errors import UsageError
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.pricing import has_prices, known_model, worst_cost
from pidgin_cli.providers.router import Router

LONG_ANSWER = 1000
"""Tokens that an answer may have where nothing says how long it can be."""

Reason = Literal["token_limit", "cost_limit", "time_limit", "context_limit", "stop_phrase"]


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that is reached: which one, what happens, and a sentence for a person.

    Args:
        limit: its name among the settings.
    """

    limit: str
    action: Action
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class WorstCase:
    """What the next calls may use at most."""

    tokens: int = 0
    cost_usd: float = 0.0


def check_limits(limits: LimitSettings, agents: Iterable[Agent], router: Router) -> None:
    """See that the limits can be kept.

    Raises:
        UsageError: there is a limit of cost, and a model whose price is not known.
    """
    if limits.cost_usd is not None and (lacking := without_price(agents, router)):
        raise UsageError(f"a limit of cost {lacking}, or limit tokens instead")


def without_price(agents: Iterable[Agent], router: Router) -> str | None:
    """Give what a limit of cost lacks: the price of a model, to be added; None for nothing."""
    for agent in agents:
        route = router.route(agent.model)
        if not has_prices(known_model(route.provider, route.model)):
            return (
                f"needs the price of every model, and that of {agent.model} is not known: add it "
                "to models.yaml"
            )
    return None


def worst_case(conversation: Conversation, speakers: Sequence[Agent], router: Router) -> WorstCase:
    """Give the most that a call of each of these can use, one after another.

    An answer has at most the tokens that were asked for, or else as many as the model can give;
    where neither is known, twice the longest so far. What one says, the next is sent.
    """
    tokens, dollars, said = 0, 0.0, 0
    for agent in speakers:
        route = router.route(agent.model)
        model = known_model(route.provider, route.model)
        most = agent.parameters.get("max_tokens") or (model and model.max_output)
        answer = most or max(LONG_ANSWER, 2 * conversation.longest_answer)
        usage = Usage(conversation.perspectives[agent.agent_id].most_tokens + said, answer)
        tokens += usage.total_tokens
        dollars += worst_cost(usage, model) or 0.0
        said += answer
    return WorstCase(tokens, dollars)


def reached(
    conversation: Conversation, speakers: Sequence[Agent], rules: Rules, router: Router
) -> list[Reached]:
    """Give the limits that the calls of these agents might pass, or that are reached already."""
    limits, turn_open = rules.limits, conversation.turn_open
    found = list(_of_calls(conversation, limits, speakers, router))
    if not turn_open:
        found += [*_of_time(conversation, limits), *_of_words(conversation, limits)]
        found += _of_context(conversation, rules, router)
    return found


def ending(found: Iterable[Reached], *, turn_open: bool) -> Complete | Pause | None:
    """Give what the limits ask for; to stop comes before to pause.

    A turn that is open is not whole, and so it is paused where the experiment was to stop.
    """
    asking = sorted((each for each in found if each.action != "log"), key=_by_action)
    if not asking:
        return None
    first = asking[0]
    if first.action == "stop" and not turn_open:
        return Complete(first.reason)
    return Pause(first.reason, first.detail)


def _by_action(limit: Reached) -> bool:
    return limit.action == "pause"


def _of_calls(
    conversation: Conversation, limits: LimitSettings, speakers: Sequence[Agent], router: Router
) -> Iterator[Reached]:
    if limits.tokens is None and limits.cost_usd is None:
        return
    worst = worst_case(conversation, speakers, router)
    part = "the rest of the turn" if conversation.turn_open else "the next turn"
    used, cost = conversation.usage.total_tokens, conversation.known_cost_usd
    if limits.tokens is not None and used + worst.tokens > limits.tokens:
        yield Reached(
            "tokens",
            limits.actions.tokens,
            "token_limit",
            f"{used} of {limits.tokens} tokens are used, and {part} may take {worst.tokens}; "
            "a max_tokens of the agents makes that less",
        )
    if limits.cost_usd is not None and cost + worst.cost_usd > limits.cost_usd:
        yield Reached(
            "cost_usd",
            limits.actions.cost_usd,
            "cost_limit",
            f"{cost:.4f} of {limits.cost_usd:g} dollars are spent, and {part} may cost "
            f"{worst.cost_usd:.4f}; a max_tokens of the agents makes that less",
        )


def _of_time(conversation: Conversation, limits: LimitSettings) -> Iterator[Reached]:
    if limits.time is None:
        return
    elapsed, turn = conversation.duration, conversation.longest_turn
    if elapsed + turn > limits.time:
        yield Reached(
            "time",
            limits.actions.time,
            "time_limit",
            f"{elapsed:.1f} of {limits.time:g} seconds are over, and a turn takes up to {turn:.1f}",
        )


def _of_words(conversation: Conversation, limits: LimitSettings) -> Iterator[Reached]:
    # What ends the experiment here is seen by the state machine, after its last turn too.
    phrase = limits.stop_phrase
    if phrase is None or limits.actions.stop_phrase != "log":
        return
    who = phrase_said(conversation, phrase)
    if who is not None:
        yield Reached("stop_phrase", "log", "stop_phrase", f"{who} said {phrase!r}")


def _of_context(conversation: Conversation, rules: Rules, router: Router) -> Iterator[Reached]:
    # A pause is asked for at the call itself, where the usage of the context is recorded.
    if not rules.context.enabled or rules.context.action != "stop":
        return
    for agent in conversation.agents:
        full = percentage_before(agent, conversation.perspectives[agent.agent_id].tokens, router)
        if full is not None and full >= rules.context.auto_pause_threshold:
            detail = f"{agent.agent_id} has used {full} % of the context of {agent.model}"
            yield Reached("context", "stop", "context_limit", detail)
