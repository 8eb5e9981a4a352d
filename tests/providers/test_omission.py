from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.asked import RefusedParameterError
from pidgin_cli.providers.base import Chunk, Finished, Opened, Request
from pidgin_cli.providers.omission import OmittingProvider
from tests.contracts.provider_contract import answer, request_for


class Particular:
    """A service without seeds, and without temperature while thinking; it notes what comes."""

    name = "particular"

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Any]] = []

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        if "thinking" in parameters and model == "thoughtless":
            raise RefusedParameterError("thinking", "no thinking")
        if "thinking" in parameters and "temperature" in parameters:
            raise RefusedParameterError("temperature", "no temperature while thinking")
        if "seed" in parameters:
            raise RefusedParameterError("seed", "no seed")
        if parameters.get("max_tokens", 1) < 1:
            raise UsageError("max_tokens must be at least 1")

    def context_limit(self, model: str) -> int | None:
        return 1000

    def sent(self, request: Request) -> Mapping[str, Any]:
        return dict(request.parameters)

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        self.asked.append(request.parameters)
        yield Opened()
        yield Finished("stop", Usage(1, 1))

    async def close(self) -> None: ...


ALL = {"thinking": True, "temperature": 0.5, "seed": 7, "max_tokens": 9}


@pytest.mark.parametrize(
    ("model", "taken"),
    [
        ("any", {"thinking": True, "max_tokens": 9}),
        ("thoughtless", {"temperature": 0.5, "max_tokens": 9}),
    ],
)
def test_what_is_refused_is_left_out_and_nothing_more(model: str, taken: dict[str, Any]) -> None:
    service = Particular()
    provider = OmittingProvider(service)
    request = request_for(model, parameters=ALL)
    provider.check(model, ALL)
    asyncio.run(answer(provider, request))
    assert [taken, taken] == [provider.sent(request), *service.asked]


def test_a_value_that_does_not_fit_is_an_error_all_the_same() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        OmittingProvider(Particular()).check("any", {**ALL, "max_tokens": 0})


def test_it_is_the_provider_in_everything_else() -> None:
    provider = OmittingProvider(Particular())
    assert ("particular", 1000) == (provider.name, provider.context_limit("any"))
