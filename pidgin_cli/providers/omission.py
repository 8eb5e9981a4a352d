"""Leaving out what a model is known to refuse, for those who ask for that."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any

from pidgin_cli.providers.asked import RefusedParameterError
from pidgin_cli.providers.base import Chunk, Provider, Request


class OmittingProvider:
    """A provider that is never asked for a parameter that it is known to refuse.

    What was asked for the agent stays in the record beside what was sent.
    """

    def __init__(self, provider: Provider) -> None:
        self.name = provider.name
        self.context_limit = provider.context_limit
        self._provider = provider

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the model and the parameters that it takes can be asked for.

        Raises:
            UsageError: the model or a parameter is not known, or a value does not fit.
        """
        self._taken(model, parameters)

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that this request really carries to the service."""
        return self._provider.sent(self._without_refused(request))

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Ask, and give the answer as it comes.

        Raises:
            ProviderError: the call failed; what was given before it stays given.
        """
        return self._provider.stream(self._without_refused(request))

    async def close(self) -> None:
        """Let go of connections."""
        await self._provider.close()

    def _without_refused(self, request: Request) -> Request:
        return replace(request, parameters=self._taken(request.model, request.parameters))

    def _taken(self, model: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the parameters without those refused: one by one, for the others may go then."""
        taken = dict(parameters)
        while True:
            try:
                self._provider.check(model, taken)
            except RefusedParameterError as refused:
                del taken[refused.parameter]
            else:
                return taken
