"""What the settings of one service must be together, which no single value shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from pidgin_cli.config.faults import Faults
from pidgin_cli.config.settings import Kind, ProviderSettings
from pidgin_cli.config.wording import brief
from pidgin_cli.errors import ConfigError

KINDS: tuple[Kind, ...] = get_args(Kind)
SERVICES: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind != "openai-compatible")
"""Those that are there without an entry, under the name of their kind."""

ONLY_FOR: Mapping[str, Kind] = {
    "anthropic_version": "anthropic",
    "prompt_caching": "anthropic",
    "usage": "openai-compatible",
    "output_limit": "openai-compatible",
    "order": "openai-compatible",
    "thinking": "openai-compatible",
    "no_thinking": "openai-compatible",
}
"""Settings that have a meaning for one kind only."""


def kind_of(name: str, settings: ProviderSettings) -> Kind | None:
    """Give the protocol that a service speaks: what is set, or else what its name says."""
    return settings.kind or next((kind for kind in SERVICES if kind == name), None)


def check_providers(providers: Mapping[str, ProviderSettings], given: Mapping[str, str]) -> None:
    """See that every service can be spoken to, and that none of its settings is without effect.

    Args:
        given: where each dotted key that was set stands.

    Raises:
        ConfigError: one lacks what its kind needs, or has what its kind has no use for; has all
            such faults.
    """
    faults = Faults()
    for name, settings in providers.items():
        with faults.gathered():
            _check_provider(name, settings, _set_ones(name, given))
    faults.refuse()


def _check_provider(name: str, settings: ProviderSettings, set_ones: Mapping[str, str]) -> None:
    where, key = next(iter(set_ones.values())), brief(f"providers.{name}")
    kind = kind_of(name, settings)
    if kind is None:
        raise ConfigError(f"{where}: {key} has no kind: add one of {', '.join(KINDS)}")
    if kind == "openai-compatible" and settings.base_url is None:
        raise ConfigError(f"{where}: {key} has no base_url: add the address of its API")
    useless = [
        f"{set_ones[field]}: {key}.{field} has no effect on {kind}: take it out"
        for field, only in ONLY_FOR.items()
        if field in set_ones and kind != only
    ]
    if useless:
        raise ConfigError(*useless)


def _set_ones(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """Give where the fields were set that were; a mapping counts with the first of its keys."""
    prefix = f"providers.{name}."
    fields: dict[str, str] = {}
    for key, origin in given.items():
        if key.startswith(prefix):
            fields.setdefault(key.removeprefix(prefix).partition(".")[0], origin)
    return fields
