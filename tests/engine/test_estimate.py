"""What experiments would use, before anybody is asked."""

from __future__ import annotations

import pytest

from pidgin_cli.config.catalogue import LongPrompts, Model, Prices
from pidgin_cli.engine.estimate import ASSUMED_ANSWER, Estimate, estimate, usual_answers
from pidgin_cli.engine.experiment import opening
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.events.usage import Usage
from tests.engine.bench import Bench, agents

MODEL = Model("2026-01-01", "test", prices=Prices(input=1.0, output=10.0))


def begun(bench: Bench, **more: object) -> Conversation:
    experiment = bench.experiment("sim:chatty", "sim:chatty", 9, initial_prompt="", **more)
    return Conversation.of([Stamp("exp_1")(opening(experiment))])


def ten(agent: Agent) -> float:
    return 10.0


def test_the_input_grows_with_the_square_of_the_turns(bench: Bench) -> None:
    inputs = [
        estimate(begun(bench), turns, ten, lambda _: MODEL).usage.input_tokens
        for turns in (1, 10, 100)
    ]
    assert inputs == [10 * n * (2 * n - 1) for n in (1, 10, 100)]


def test_calls_tokens_and_dollars_are_those_of_every_call(bench: Bench) -> None:
    found = estimate(begun(bench), 2, ten, lambda _: MODEL)
    assert found == Estimate(4, Usage(60, 40), pytest.approx((60 + 400) / 1e6))


def test_a_price_that_is_not_known_makes_the_whole_unknown(bench: Bench) -> None:
    one = estimate(begun(bench), 1, ten, lambda agent: None)
    assert (one.cost_usd, (one + Estimate(1, Usage(), 1.0)).cost_usd) == (None, None)


def test_a_long_prompt_costs_what_long_prompts_do(bench: Bench) -> None:
    long = MODEL._replace(long_prompts=LongPrompts(5, Prices(input=100.0, output=10.0)))
    found = estimate(begun(bench), 1, ten, lambda _: long)
    assert found.cost_usd == pytest.approx((10 * 100 + 20 * 10) / 1e6)


def test_answers_are_no_longer_than_they_may_be(bench: Bench) -> None:
    short = agents("sim:chatty", "sim:chatty", parameters={"max_tokens": 3})
    found = estimate(begun(bench, agents=short), 1, ten, lambda _: MODEL)
    assert found.usage.output_tokens == 13


def test_answers_are_as_the_same_model_gave_them_or_else_as_all_did(bench: Bench) -> None:
    events = bench.run("sim:terse", "sim:chatty", 4)
    example = Conversation.of(events)
    lengths = {
        side: [m.tokens or 0 for m in example.messages if m.agent_id == f"agent_{side}"]
        for side in "ab"
    }
    answers = usual_answers(example)
    every = [*lengths["a"], *lengths["b"]]
    assert [
        answers(Agent("x", model, "sim")) for model in ("sim:terse", "sim:chatty", "sim:echo")
    ] == [sum(each) / len(each) for each in (lengths["a"], lengths["b"], every)]


def test_without_an_example_a_length_is_assumed() -> None:
    assert usual_answers(None)(Agent("x", "m", "p")) == ASSUMED_ANSWER
