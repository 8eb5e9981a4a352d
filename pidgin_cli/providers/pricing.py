"""What a call cost: pure arithmetic, and a provider that tells it with every answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from pidgin_cli.config.catalogue import Model, Prices
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Chunk, Finished, Provider, Request

MILLION = 1_000_000


def cost(usage: Usage, model: Model) -> float | None:
    """Give US dollars, None where a price is not known that is needed.

    Tokens that were read from a cache, and those that were written into one, are part of the
    input and have prices of their own.
    """
    prices = _prices(usage, model)
    plain = max(0, usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens)
    total = 0.0
    for tokens, price in (
        (plain, prices.input),
        (usage.cached_tokens, prices.cached_input),
        (usage.cache_write_tokens, prices.cache_write),
        (usage.output_tokens, prices.output),
    ):
        if not tokens:
            continue
        if price is None:
            return None
        total += tokens * price
    # Tokens and prices are decimal; what stands behind is the noise of binary fractions.
    return round(total / MILLION, 12)


def _prices(usage: Usage, model: Model) -> Prices:
    above = model.long_prompts.above
    is_long = above is not None and usage.input_tokens > above
    return model.long_prompts.prices if is_long else model.prices


def worst_cost(usage: Usage, model: Model | None) -> float | None:
    """Give the most that this can cost, all input being written into a cache or none of it."""
    if model is None:
        return None
    written = replace(usage, cache_write_tokens=usage.input_tokens)
    costs = [each for each in (cost(usage, model), cost(written, model)) if each is not None]
    return max(costs, default=None)


def has_prices(model: Model | None) -> bool:
    """Say whether every call's cost can be told before it is made."""
    return model is not None and cost(Usage(1, 1), model) is not None


@runtime_checkable
class Knowing(Protocol):
    """A provider that knows its models."""

    def known(self, model: str) -> Model | None:
        """Give what is known of a model."""


def known_model(provider: Provider, model: str) -> Model | None:
    """Give what is known of a provider's model: what it costs, how much it says."""
    return provider.known(model) if isinstance(provider, Knowing) else None


class PricedProvider:
    """A provider whose answers say what they cost, where that is known.

    Args:
        find: gives what is known of a model.
    """

    def __init__(self, provider: Provider, find: Callable[[str], Model | None]) -> None:
        self.name = provider.name
        self._provider = provider
        self._find = find

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the model and the parameters can be asked for.

        Raises:
            UsageError: the model or a parameter is not known; says what is.
        """
        self._provider.check(model, parameters)

    def context_limit(self, model: str) -> int | None:
        """Give the size of the model's context in tokens, None where it is not known."""
        return self._provider.context_limit(model)

    def known(self, model: str) -> Model | None:
        """Give what is known of a model."""
        return self._find(model)

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that this request really carries to the service."""
        return self._provider.sent(request)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Ask, and give the answer as it comes, with the cost in its last chunk.

        Raises:
            ProviderError: the call failed; what was given before it stays given.
        """
        async with aclosing(self._provider.stream(request)) as chunks:
            async for chunk in chunks:
                yield self._priced(chunk, request) if isinstance(chunk, Finished) else chunk

    async def close(self) -> None:
        """Let go of connections."""
        await self._provider.close()

    def _priced(self, finished: Finished, request: Request) -> Finished:
        model = self._find(request.model)
        if model is None or finished.cost_usd is not None:
            return finished
        return replace(finished, cost_usd=cost(finished.usage, model))
