"""From the name of a model to the provider that serves it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from pidgin_cli.config.nearest import nearest
from pidgin_cli.config.settings import Settings
from pidgin_cli.errors import UsageError
from pidgin_cli.providers.base import Provider
from pidgin_cli.providers.omission import OmittingProvider
from pidgin_cli.providers.sim.model import STYLES
from pidgin_cli.providers.sim.provider import SimProvider

if TYPE_CHECKING:
    from pidgin_cli.config.catalogue import Catalogue, Model
    from pidgin_cli.providers.http import Http
    from pidgin_cli.providers.services import Service


def _exec() -> Provider:
    from pidgin_cli.providers.exec.provider import ExecProvider

    return ExecProvider()


FACTORIES: Mapping[str, Callable[[], Provider]] = MappingProxyType(
    {"sim": SimProvider, "exec": _exec}
)
SIMULATED = tuple(f"sim:{style}" for style in STYLES)
_NONE: Mapping[str, Provider] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Route:
    """A provider, and the model as that provider knows it.

    Args:
        name: the whole name, `PROVIDER:MODEL`, with every alias resolved; it leads here again.
    """

    provider: Provider
    model: str
    name: str


class Router:
    """Finds the provider of a model: `PROVIDER:MODEL`, an alias, or an id of the catalogue.

    A provider of its own is made when it is first needed, once, and closed with the router. Its
    key is looked for then.

    Args:
        providers: more of them by prefix; they come before the router's own, and whoever made
            them closes them.
        settings: the configuration, for its services and its catalogue.
        environ: for keys and the places of files.
        omit_refused: whether parameters are left out that a model is known to refuse.
    """

    def __init__(
        self,
        providers: Mapping[str, Provider] | None = None,
        *,
        settings: Settings | None = None,
        environ: Mapping[str, str] = os.environ,
        omit_refused: bool = False,
    ) -> None:
        self._given = _NONE if providers is None else providers
        self._settings = Settings() if settings is None else settings
        self._environ = environ
        self._omit_refused = omit_refused
        self._made: dict[str, Provider] = {}

    def route(self, model: str) -> Route:
        """Give the provider of a model.

        Raises:
            UsageError: the provider or its model is not known; says what there is.
            ConfigError: the service's key is not there, or the catalogue is wrong.
        """
        prefix, name = self._resolved(model)
        provider = self._provider(prefix)
        provider.check(name, {})
        return Route(provider, name, f"{prefix}:{name}")

    async def close(self) -> None:
        """Close every provider that the router made, also where closing one of them fails."""
        made, self._made = self._made, {}
        async with AsyncExitStack() as stack:
            for provider in made.values():
                stack.push_async_callback(provider.close)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is known of models; read when it is first needed.

        Raises:
            ConfigError: a file of it is wrong.
        """
        from pidgin_cli.config.catalogue import load_catalogue

        return load_catalogue(self._settings.catalogue, self._environ)

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """The model services by name."""
        from pidgin_cli.providers.services import services

        return services(self._settings.providers, self._environ)

    def _resolved(self, model: str) -> tuple[str, str]:
        prefix, colon, name = model.partition(":")
        if colon and (prefix in self._given or prefix in FACTORIES):
            return prefix, name
        if colon and prefix in self.services:
            if not name:
                raise UsageError(self._missing(prefix, model))
            return prefix, self._id_of(prefix, name)
        target = self.catalogue.resolve(model)
        if target is None:
            known = model in self._prefixes()
            raise UsageError(self._missing(model, model) if known else self._unknown(model))
        prefix, _, name = target.partition(":")
        if prefix not in self._given and prefix not in self.services:
            raise UsageError(
                f"the model {model!r} stands for {target}, and there is no provider {prefix}: "
                f"write {self._all()}"
            )
        return prefix, name

    def _id_of(self, prefix: str, name: str) -> str:
        """Give the id that an alias has at the service before the colon, or else the name."""
        provider, _, model = self.catalogue.aliases.get(name, "").partition(":")
        return model if provider == prefix else name

    def _provider(self, prefix: str) -> Provider:
        if prefix in self._given:
            return self._given[prefix]
        if prefix not in self._made:
            factory = FACTORIES.get(prefix)
            made = factory() if factory else self._service(self.services[prefix])
            self._made[prefix] = OmittingProvider(made) if self._omit_refused else made
        return self._made[prefix]

    def _service(self, service: Service) -> Provider:
        from pidgin_cli.providers.http import READ_SECONDS
        from pidgin_cli.providers.limiter import Limiter
        from pidgin_cli.providers.pricing import PricedProvider
        from pidgin_cli.providers.transport import Endpoint, HttpProvider

        def context_limit(model: str) -> int | None:
            known = find(model)
            return known.context if known else None

        find: Callable[[str], Model | None] = partial(self.catalogue.find, service.name)
        key, settings = service.key.find(self._environ), service.settings
        endpoint = Endpoint(
            service.base_url,
            key=lambda: key.reveal() if key else None,
            headers={name: value.reveal() for name, value in settings.headers.items()},
            silence=READ_SECONDS if service.timeout is None else service.timeout,
            longest_wait=settings.longest_wait,
        )
        provider = HttpProvider(
            service.name,
            service.dialect(context_limit),
            endpoint,
            http=self._http,
            limiter=Limiter(settings.concurrency, settings.requests_per_minute),
            context_limit=context_limit,
        )
        return PricedProvider(provider, find)

    @cached_property
    def _http(self) -> Http:
        """The client of the run."""
        from pidgin_cli.providers.http import Http

        return Http()

    def _missing(self, prefix: str, typed: str) -> str:
        if prefix in self._given:
            advice = f"write {prefix}:MODEL"
        elif prefix == "sim":
            *others, last = SIMULATED
            advice = f"write {', '.join(others)} or {last}"
        elif prefix == "exec":
            advice = "write exec:PROGRAM"
        else:
            advice = f"'pidgin models --provider {prefix}' lists some"
        return f"the model behind {typed!r} is missing: {advice}"

    def _unknown(self, model: str) -> str:
        prefix, colon, name = model.partition(":")
        if colon:
            near = nearest(prefix, self._prefixes())
            hint = near and f"{near}:{name}"
        else:
            hint = nearest(model, [*self.catalogue.names(), *SIMULATED, *self._prefixes()])
        asked = f"; did you mean {hint}? Write " if hint else ": write "
        return f"no provider for the model {model!r}{asked}{self._all()}"

    def _all(self) -> str:
        return (
            f"PROVIDER:MODEL or an alias; providers: {', '.join(self._prefixes())}; "
            f"aliases: {', '.join(self.catalogue.aliases)}; "
            f"simulated agents: {', '.join(SIMULATED)}"
        )

    def _prefixes(self) -> list[str]:
        return sorted({*FACTORIES, *self._given, *self.services})
