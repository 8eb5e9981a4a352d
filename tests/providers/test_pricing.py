from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.catalogue import LongPrompts, Model, Prices
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Chunk, Finished, Provider, Request
from pidgin_cli.providers.pricing import PricedProvider, cost
from pidgin_cli.providers.sim.provider import SimProvider
from tests.contracts.provider_contract import ProviderContract, answer, finished, request_for

ALL = Prices(input=2, output=10, cached_input=0.2, cache_write=2.5)
MODEL = Model("2026-10-24", "somewhere", prices=ALL)
LONG = MODEL._replace(long_prompts=LongPrompts(1000, Prices(4, 20, 0.4, 5)))


def million(**tokens: int) -> Usage:
    return Usage(**{name: count * 1_000_000 for name, count in tokens.items()})


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (Usage(), 0.0),
        (million(input_tokens=1), 2.0),
        (million(output_tokens=3), 30.0),
        (million(output_tokens=3, reasoning_tokens=2), 30.0),
        (million(input_tokens=10, cached_tokens=4), 12.8),
        (million(input_tokens=10, cache_write_tokens=4), 22.0),
        (million(input_tokens=10, cached_tokens=4, cache_write_tokens=6, output_tokens=1), 25.8),
        (Usage(1, 1), 0.000012),
        (Usage(input_tokens=3, cached_tokens=5), 0.000001),
    ],
)
def test_each_kind_of_token_has_its_own_price(usage: Usage, expected: float) -> None:
    assert expected == cost(usage, MODEL)


@pytest.mark.parametrize(
    ("missing", "usage"),
    [
        ("input", Usage(1, 1)),
        ("output", Usage(1, 1)),
        ("cached_input", Usage(2, 1, cached_tokens=1)),
        ("cache_write", Usage(2, 1, cache_write_tokens=1)),
    ],
)
def test_what_needs_a_price_that_is_not_known_has_no_cost(missing: str, usage: Usage) -> None:
    assert cost(usage, MODEL._replace(prices=ALL._replace(**{missing: None}))) is None


def test_a_price_that_is_not_needed_may_be_unknown() -> None:
    model = MODEL._replace(prices=Prices(input=2, output=10))
    assert 12.0 == cost(million(input_tokens=1, output_tokens=1), model)


@pytest.mark.parametrize(("tokens", "expected"), [(1000, 0.002), (1001, 0.004004)])
def test_a_long_prompt_has_other_prices_for_the_whole_request(tokens: int, expected: float) -> None:
    assert expected == cost(Usage(tokens, 0), LONG)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**7))
def test_what_was_cached_never_costs_more_than_what_was_not(
    plain: int, cached: int, output: int, more: int
) -> None:
    usage = Usage(plain + cached, output, cached_tokens=cached)
    with_cache, without = cost(usage, MODEL), cost(replace(usage, cached_tokens=0), MODEL)
    larger = cost(replace(usage, output_tokens=output + more), MODEL)
    assert None not in (with_cache, without, larger)
    assert [0.0, with_cache, without] == sorted([0.0, with_cache, without])
    assert [with_cache, larger] == sorted([with_cache, larger])


class Told(SimProvider):
    """A provider that says of its answers what it was told that they cost."""

    def __init__(self, cost_usd: float | None = None) -> None:
        super().__init__()
        self.cost_usd = cost_usd

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        async for chunk in super().stream(request):
            yield replace(chunk, cost_usd=self.cost_usd) if isinstance(chunk, Finished) else chunk


class TestContract(ProviderContract):
    answer_text = "line one\nline two\n"
    unknown_model = "unheard"
    known_models = ("chatty", "terse", "spiral")

    def provider(self) -> Provider:
        return PricedProvider(SimProvider(), {"chatty": MODEL}.get)

    def request(self) -> Request:
        return request_for("chatty")

    def other_request(self) -> Request:
        return request_for("chatty", seed=8)

    def failing_request(self) -> Request:
        return request_for("chatty,failures=1")

    @pytest.fixture(autouse=True)
    def _what_chatty_says(self) -> None:
        chunks = asyncio.run(answer(SimProvider(), self.request()))
        type(self).answer_text = "".join(getattr(chunk, "text", "") for chunk in chunks)


def last_of(provider: Provider) -> Finished:
    return finished(asyncio.run(answer(provider, request_for("chatty"))))


def test_the_last_chunk_says_what_the_answer_cost() -> None:
    last = last_of(PricedProvider(Told(), {"chatty": MODEL}.get))
    expected = (last.usage.input_tokens * 2 + last.usage.output_tokens * 10) / 1_000_000
    assert pytest.approx(expected) == last.cost_usd


def test_a_model_that_is_not_in_the_catalogue_has_no_cost() -> None:
    assert last_of(PricedProvider(Told(), lambda model: None)).cost_usd is None


def test_what_the_service_said_itself_goes_before_the_catalogue() -> None:
    assert 7.0 == last_of(PricedProvider(Told(7.0), {"chatty": MODEL}.get)).cost_usd
