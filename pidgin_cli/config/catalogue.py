"""The catalogue of models: what fits into each, what it costs, and which short names there are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pidgin_cli.config.files import ConfigFile, user_folder
from pidgin_cli.config.interpret import Setting, settings_in
from pidgin_cli.config.layers import Layer, assembled, laid_over
from pidgin_cli.config.rules import RULES
from pidgin_cli.config.settings import NOTHING
from pidgin_cli.config.wording import brief, printable, shown
from pidgin_cli.errors import ConfigError

BUILT_IN = Path(__file__).with_name("catalogue.yaml")
USER_FILE = "models.yaml"

_DAY = re.compile(r"-(?:\d{8}|\d{4}-\d{2}-\d{2})\Z")


class Prices(NamedTuple):
    """US dollars for a million tokens of each kind; None where it is not known."""

    input: float | None = None
    output: float | None = None
    cached_input: float | None = None
    cache_write: float | None = None


class LongPrompts(NamedTuple):
    """What a whole request costs whose input has more tokens than `above`."""

    above: int | None = None
    prices: Prices = Prices()


class Model(NamedTuple):
    """What is known of a model.

    Args:
        date: the day, as YYYY-MM-DD, for which the source showed these figures.
        context: tokens that fit into it.
        max_output: tokens that one answer can have.
    """

    date: str
    source: str
    context: int | None = None
    max_output: int | None = None
    prices: Prices = Prices()
    long_prompts: LongPrompts = LongPrompts()


class Catalogue(NamedTuple):
    """Models by `PROVIDER:MODEL`, and the short names that stand for some."""

    models: Mapping[str, Model] = NOTHING
    aliases: Mapping[str, str] = NOTHING

    def find(self, provider: str, model: str) -> Model | None:
        """Give what is known of a model; a day at the end of its id makes it no other model."""
        found = self.models.get(f"{provider}:{model}")
        return found or self.models.get(f"{provider}:{_DAY.sub('', model)}")

    def resolve(self, name: str) -> str | None:
        """Give the `PROVIDER:MODEL` that an alias or the mere id of a model stands for."""
        if name in self.aliases:
            return self.aliases[name]
        return next((key for key in self.models if key.partition(":")[2] == name), None)

    def names(self) -> list[str]:
        """Give every name that can be resolved."""
        return [*self.aliases, *(key.partition(":")[2] for key in self.models)]


def load_catalogue(file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Catalogue:
    """Give the built-in catalogue with the user's over it.

    Args:
        file: named by the configuration; models.yaml beside the user's own, if it is there,
            where it is None.

    Raises:
        ConfigError: a file is wrong; says where.
    """
    layer: Layer = {}
    for each in [ConfigFile(BUILT_IN, BUILT_IN.name), *_users_file(file, environ)]:
        layer = laid_over(layer, _settings_of(each))
    catalogue: Catalogue = assembled(Catalogue, layer)
    return catalogue


def _users_file(file: Path | None, environ: Mapping[str, str]) -> list[ConfigFile]:
    if file is not None:
        return [ConfigFile(file, printable(str(file)), named_by="catalogue")]
    folder = user_folder(environ)
    return [ConfigFile(folder / USER_FILE, printable(str(folder / USER_FILE)))] if folder else []


def _settings_of(file: ConfigFile) -> list[Setting]:
    data = file.read()
    if data is None:
        return []
    # Runs of simulated agents alone do not pay for YAML.
    from pidgin_cli.config.yaml_file import parse_yaml

    settings = list(settings_in(parse_yaml(data, file.name), file.name, Catalogue))
    for setting in settings:
        _check_alias(setting)
        _check_threshold(setting, settings)
    return settings


def _check_alias(setting: Setting) -> None:
    rule = RULES["models.*"]
    if setting.key.rule == "aliases.*" and not rule.holds(setting.value):
        raise ConfigError(
            f"{setting.origin}: {brief(str(setting.key))}: {shown(setting.value)} "
            f"is not {rule.wanted}"
        )


def _check_threshold(setting: Setting, settings: list[Setting]) -> None:
    path = setting.key.path
    if path[2:4] == ("long_prompts", "prices"):
        above = (*path[:3], "above")
        if not any(other.key.path == above for other in settings):
            raise ConfigError(
                f"{setting.origin}: {brief('.'.join(path[:3]))} has no above: "
                "say from how many tokens on these prices hold"
            )
