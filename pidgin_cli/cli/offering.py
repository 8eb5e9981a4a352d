"""Joining `models`: which models are shown, and as what."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import ListFormat, Listing, cell, listing_lines
from pidgin_cli.config.catalogue import Catalogue, Model, load_catalogue
from pidgin_cli.config.nearest import suggestion
from pidgin_cli.config.settings import Settings, as_plain
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.keys import KeyState
from pidgin_cli.providers.services import Service, services
from pidgin_cli.providers.sim.model import SimModel
from pidgin_cli.providers.sim.provider import FREE, SimProvider
from pidgin_cli.providers.sim.voices import VOICES

COLUMNS = (
    "model",
    "aliases",
    "context",
    "max_output",
    "input",
    "cached_input",
    "cache_write",
    "output",
    "date",
    "key",
    "offered",
)
PRICES = ("input", "cached_input", "cache_write", "output")
EXEC = "exec"
UNKNOWN = Model(date="", source="")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown; providers may hold several with commas, none means all."""

    providers: Sequence[str]
    refresh: bool
    format: ListFormat


@dataclass(frozen=True, slots=True)
class Offer:
    """A model of a service, or a service of whose models nothing is known.

    Args:
        offered: whether the service says that it serves it; None where it was not asked.
    """

    provider: str
    id: str | None
    aliases: tuple[str, ...]
    model: Model
    key: KeyState
    offered: bool | None = None

    @property
    def name(self) -> str:
        """The name by which `run` takes it."""
        return self.provider if self.id is None else f"{self.provider}:{self.id}"


def write_models(
    settings: Settings, shown: Shown, environ: Mapping[str, str] = os.environ
) -> ExitStatus:
    """Write the models to stdout, the simulated first, then by service as the catalogue has them.

    Services that could not be asked are told on stderr.

    Raises:
        UsageError: there is no such service.
        ConfigError: the catalogue is wrong.
    """
    every = services(settings.providers, environ)
    names = _names(shown.providers, [SimProvider.name, *every])
    chosen = [service for name, service in every.items() if name in names]
    catalogue = load_catalogue(settings.catalogue, environ)
    offers = [offer for service in chosen for offer in _offers(service, catalogue, environ)]
    status = ExitStatus.DONE
    if shown.refresh:
        offers, status = _refreshed(offers, chosen, settings, environ)
    simulated = _simulated() if SimProvider.name in names else ()
    Sink().write_each(listing_lines(_listing([*simulated, *offers]), shown.format))
    return status


def _names(typed: Sequence[str], every: Sequence[str]) -> Sequence[str]:
    """Give the providers that were typed, all where none was."""
    names = [name for each in typed for name in each.split(",")]
    for name in names:
        if name == EXEC:
            raise UsageError("exec has no models to list: exec:COMMAND runs any program")
        if name not in every:
            known = f"{', '.join(every)}{suggestion(name, every)}"
            raise UsageError(f"no provider {name!r}: there are {known}")
    return names or every


def _simulated() -> Iterator[Offer]:
    """Give the simulated agents, but for scripts, which are files of one's own."""
    for style in VOICES:
        model = FREE._replace(context=SimModel(style).context)
        yield Offer(SimProvider.name, style, (), model, "not needed")


def _offers(service: Service, catalogue: Catalogue, environ: Mapping[str, str]) -> Iterator[Offer]:
    state, known = service.key.state(environ), False
    for name, model in catalogue.models.items():
        provider, _, model_id = name.partition(":")
        if provider == service.name:
            known = True
            aliases = tuple(each for each, target in catalogue.aliases.items() if target == name)
            yield Offer(provider, model_id, aliases, model, state)
    if not known:
        yield Offer(service.name, None, (), UNKNOWN, state)


def _refreshed(
    offers: Sequence[Offer],
    chosen: Sequence[Service],
    settings: Settings,
    environ: Mapping[str, str],
) -> tuple[list[Offer], ExitStatus]:
    """Give what the services say of themselves beside what the catalogue says.

    Those are asked that have a key or want none.
    """
    from pidgin_cli.providers.offers import offered_by

    askable = [each for each in chosen if each.key.state(environ) in ("set", "not needed")]
    said = asyncio.run(offered_by((each, each.key.find(environ)) for each in askable))
    refreshed: list[Offer] = []
    status = ExitStatus.DONE
    for service in chosen:
        known = [offer for offer in offers if offer.provider == service.name]
        answer = said.get(service.name)
        if isinstance(answer, ProviderError):
            # Nobody who has no Ollama wants to hear that it does not run.
            if service.kind != "ollama" or service.name in settings.providers:
                complain(f"{service.name} was not asked: {answer.message}")
                status = ExitStatus.FAILED
        elif answer is not None:
            known = _both(service, known, {each.id: each for each in answer})
        refreshed += known
    return refreshed, status


def _both(service: Service, known: Sequence[Offer], said: Mapping[str, Any]) -> list[Offer]:
    state = known[0].key
    rows = [replace(offer, offered=offer.id in said) for offer in known if offer.id is not None]
    ids = {offer.id for offer in rows}
    for model_id, each in said.items():
        if model_id not in ids:
            model = UNKNOWN._replace(context=each.context, max_output=each.max_output)
            rows.append(Offer(service.name, model_id, (), model, state, offered=True))
    return rows or list(known)


def _listing(offers: Sequence[Offer]) -> Listing:
    rows = (COLUMNS, map(_cells, offers))
    return Listing(
        ids=(cell(each.name) for each in offers if each.id),
        objects=map(_object, offers),
        flat=rows,
        table=rows,
    )


def _object(offer: Offer) -> dict[str, Any]:
    model = offer.model
    is_tiered = model.long_prompts.above is not None
    return {
        "provider": offer.provider,
        "id": offer.id,
        "aliases": list(offer.aliases),
        "context": model.context,
        "max_output": model.max_output,
        "prices": as_plain(model.prices),
        "long_prompts": as_plain(model.long_prompts) if is_tiered else None,
        "date": model.date or None,
        "source": model.source or None,
        "key": offer.key,
        "offered": offer.offered,
    }


def _cells(offer: Offer) -> list[str]:
    prices = [getattr(offer.model.prices, name) for name in PRICES]
    offered = {True: "yes", False: "no", None: None}[offer.offered]
    values = (
        offer.name,
        offer.aliases,
        offer.model.context,
        offer.model.max_output,
        *prices,
        offer.model.date,
        offer.key,
        offered,
    )
    return [cell(value) for value in values]
