"""Limits: what comes next is made only if it still fits, and the end is a checkpoint."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest

from pidgin_cli.config.catalogue import Model, Prices
from pidgin_cli.config.settings import Action, ContextSettings, LimitActions, LimitSettings
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.limits import worst_case
from pidgin_cli.engine.turns import Pause
from pidgin_cli.errors import UsageError
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.providers.base import Chunk, Finished, Request
from pidgin_cli.providers.pricing import PricedProvider
from pidgin_cli.providers.router import Router
from pidgin_cli.providers.sim.provider import SimProvider
from tests.engine.bench import Bench, agents, of_type, types

PRICED = Model("2026-01-01", "test", max_output=100, prices=Prices(input=1.0, output=10.0))
LIMITS = {"tokens": 3000, "cost_usd": 0.01, "time": 0.000001, "stop_phrase": "THE"}
REASONS = {
    "tokens": "token_limit",
    "cost_usd": "cost_limit",
    "time": "time_limit",
    "stop_phrase": "stop_phrase",
}


class Unpriced(SimProvider):
    """Simulated agents that do not say what they cost."""

    def known(self, model: str) -> None:
        return None

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        async for chunk in super().stream(request):
            yield replace(chunk, cost_usd=None) if isinstance(chunk, Finished) else chunk


@pytest.fixture
def priced(bench: Bench) -> Bench:
    """A bench whose simulated agents have a price."""
    bench.router = lambda: Router({"sim": PricedProvider(Unpriced(), lambda _: PRICED)})
    return bench


def limited(bench: Bench, limit: str, action: Action, **most: Any) -> None:
    actions = LimitActions()._replace(**{limit: action})
    limits = LimitSettings(**{limit: LIMITS[limit], **most}, actions=actions)
    bench.rules = bench.rules._replace(limits=limits)


def held(bench: Bench, turns: int = 40, **more: Any) -> list[Event]:
    capped = tuple(replace(each, parameters={"max_tokens": 100}) for each in agents())
    return bench.run(turns=turns, agents=capped, **more)


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_pauses_at_a_checkpoint_between_turns(priced: Bench, limit: str) -> None:
    limited(priced, limit, "pause")
    events = held(priced)
    assert ["turn.completed", "pause.requested", "checkpoint.saved"] == types(events)[-3:]
    assert REASONS[limit] == events[-2].data["reason"]
    assert "paused" == Conversation.of(events).state


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_stops_with_its_reason_after_a_whole_turn(priced: Bench, limit: str) -> None:
    limited(priced, limit, "stop")
    events = held(priced)
    assert ["turn.completed", "experiment.completed"] == types(events)[-2:]
    assert REASONS[limit] == events[-1].data["reason"]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_that_is_only_logged_is_noted_where_the_next_turn_begins(
    priced: Bench, limit: str
) -> None:
    limited(priced, limit, "log", **({} if limit == "stop_phrase" else {limit: 1e-9}))
    events = held(priced, turns=3)
    noted = [e.data.get("limits_reached") for e in of_type(events, "turn.started")]
    assert [limit] == noted[-1]
    assert ("experiment.completed", "max_turns") == (events[-1].type, events[-1].data["reason"])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit", ["tokens", "cost_usd"])
def test_what_is_used_never_passes_the_limit(priced: Bench, limit: str, seed: int) -> None:
    limited(priced, limit, "stop")
    last = held(priced, seed=seed)[-1].data
    used = {"tokens": sum(last["usage"].values()), "cost_usd": last["cost_usd"]}
    assert LIMITS[limit] / 3 < used[limit] <= LIMITS[limit]


def test_the_worst_case_counts_what_the_others_will_have_said(priced: Bench) -> None:
    events = held(priced, turns=1)
    conversation = Conversation.of(events)
    worst = worst_case(conversation, conversation.agents, priced.router())
    first, second = (conversation.perspectives[a.agent_id] for a in conversation.agents)
    sent = first.most_tokens + second.most_tokens + 100
    assert (sent + 200, (sent + 10 * 200) / 1e6) == (worst.tokens, round(worst.cost_usd, 12))


def test_a_limit_of_cost_needs_a_price(bench: Bench) -> None:
    limited(bench, "cost_usd", "pause")
    bench.router = lambda: Router({"sim": Unpriced()})
    with pytest.raises(UsageError, match=r"that of sim:chatty is not known"):
        bench.run()
    assert not bench.folder.root.exists()


def test_a_raised_limit_goes_on_and_is_recorded(priced: Bench) -> None:
    limited(priced, "tokens", "pause")
    held(priced)
    again = priced.resume(changes={"limits.tokens": (9000, "--max-tokens")}, max_turns=5)
    assert {"max_turns": 5, "limits.tokens": 9000} == again[0].data["changes"]
    assert ("experiment.completed", 5) == (again[-1].type, again[-1].data["turns"])


def test_a_limit_that_was_raised_once_stays_raised(priced: Bench) -> None:
    limited(priced, "tokens", "pause")
    held(priced)
    priced.resume(changes={"limits.tokens": (6000, "--max-tokens")})
    again = priced.resume()
    assert ["experiment.resumed", "pause.requested", "checkpoint.saved"] == types(again)
    assert " of 6000 tokens" in again[1].data["detail"]


def test_what_is_limited_stands_in_the_first_event(priced: Bench) -> None:
    limited(priced, "tokens", "stop")
    assert {"tokens": 3000, "actions": {"tokens": "stop"}} == held(priced)[0].data["limits"]


def test_a_stop_phrase_that_has_paused_pauses_only_once(priced: Bench) -> None:
    limited(priced, "stop_phrase", "pause")
    held(priced, turns=2)
    again = priced.resume()
    assert "turn.started" in types(again)


@pytest.mark.parametrize("action", ["stop", "log"])
def test_a_full_context_stops_between_turns_or_is_only_logged(bench: Bench, action: Any) -> None:
    context = ContextSettings(auto_pause_threshold=50, warning_threshold=50, action=action)
    bench.rules = bench.rules._replace(context=context)
    events = bench.run("sim:chatty,context=1000", turns=6)
    reason = "context_limit" if action == "stop" else "max_turns"
    assert ["turn.completed", "experiment.completed"] == types(events)[-2:]
    assert reason == events[-1].data["reason"]


def test_the_rest_of_a_turn_that_no_longer_fits_is_paused_and_not_stopped(priced: Bench) -> None:
    leave = Pause("signal", "SIGTERM")

    def steer(event: Event, control: Control) -> None:
        if event.type == "response.completed":
            control.leave(leave)

    held(priced, turns=1, steer=steer)
    lower = {
        "limits.tokens": (10, "--max-tokens"),
        "limits.actions.tokens": ("stop", "--on"),
    }
    again = priced.resume(changes=lower)
    assert ["experiment.resumed", "pause.requested", "checkpoint.saved"] == types(again)
    assert "the rest of the turn may take" in again[1].data["detail"]
