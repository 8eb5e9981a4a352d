"""From the name of a model to the provider that serves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import MappingProxyType

from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import UsageError
from pidgin_cli.providers.base import Provider
from pidgin_cli.providers.sim import SimProvider
from pidgin_cli.providers.sim_model import STYLES

FACTORIES: Mapping[str, Callable[[], Provider]] = MappingProxyType({"sim": SimProvider})
_NONE: Mapping[str, Provider] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Route:
    """A provider, and the model as that provider knows it."""

    provider: Provider
    model: str


class Router:
    """Finds the provider of a model that is written `PROVIDER:MODEL`.

    A provider of its own table is made when it is first needed, once, and closed with the router.

    Args:
        providers: more of them by prefix; they come before the router's own, and whoever made
            them closes them.
    """

    def __init__(self, providers: Mapping[str, Provider] | None = None) -> None:
        self._given = _NONE if providers is None else providers
        self._made: dict[str, Provider] = {}

    def route(self, model: str) -> Route:
        """Give the provider of a model.

        Raises:
            UsageError: the provider or its model is not known; says what there is.
        """
        prefix, colon, name = model.partition(":")
        provider = self._provider(prefix) if colon else None
        if provider is None:
            raise UsageError(self._unknown(model))
        provider.check(name, {})
        return Route(provider, name)

    async def close(self) -> None:
        """Close every provider that the router made, also where closing one of them fails."""
        made, self._made = self._made, {}
        async with AsyncExitStack() as stack:
            for provider in made.values():
                stack.push_async_callback(provider.close)

    def _provider(self, prefix: str) -> Provider | None:
        if prefix in self._given:
            return self._given[prefix]
        if prefix not in self._made and prefix in FACTORIES:
            self._made[prefix] = FACTORIES[prefix]()
        return self._made.get(prefix)

    def _unknown(self, model: str) -> str:
        prefixes = sorted({*FACTORIES, *self._given})
        prefix, colon, name = model.partition(":")
        simulated = [f"sim:{style}" for style in STYLES]
        if colon:
            near = nearest(prefix, prefixes)
            hint = near and f"{near}:{name}"
        else:
            hint = nearest(model, [*simulated, *prefixes])
        asked = f"did you mean {hint}? " if hint else ""
        return (
            f"no provider for the model {model!r}; {asked}Write PROVIDER:MODEL; "
            f"providers: {', '.join(prefixes)}; simulated agents: {', '.join(simulated)}"
        )
