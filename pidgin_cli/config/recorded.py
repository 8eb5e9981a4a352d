"""Settings as a log has them: read back, and changed by what is typed later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pidgin_cli.config.interpret import Setting, setting_of
from pidgin_cli.config.layers import assembled, laid_over
from pidgin_cli.config.profiles import makes_a_score
from pidgin_cli.config.settings import NOTHING, ConvergenceSettings, Settings
from pidgin_cli.errors import ConfigError

Changes = Mapping[str, tuple[Any, str]]
"""From dotted keys to a value and the flag that sets it."""

DEEPEST = 4
"""Levels of sections that a setting can lie in; those of a foreign log may be more than can be."""


def changed_settings(
    recorded: Mapping[str, Any], changes: Changes, defaults: Mapping[str, Any] = NOTHING
) -> Settings:
    """Give the settings that a log recorded, section by section, with changes over them.

    What another version recorded and this one does not know counts as not there, and so does a
    profile of one's own that was recorded without its weights.

    Args:
        defaults: what holds where the log says nothing, written down as in a log.

    Raises:
        ConfigError: a change is not what its key wants.
    """
    below = laid_over(laid_over({}, _recorded(defaults)), _recorded(recorded))
    above = [setting_of(dotted, value, flag) for dotted, (value, flag) in changes.items()]
    settings: Settings = assembled(Settings, laid_over(below, above))
    conversation = settings.conversation
    if makes_a_score(conversation.convergence):
        return settings
    usual = conversation.convergence._replace(profile=ConvergenceSettings().profile)
    return settings._replace(conversation=conversation._replace(convergence=usual))


def _recorded(values: Mapping[str, Any], path: str = "") -> Iterator[Setting]:
    for name, value in values.items():
        dotted = f"{path}{name}"
        if isinstance(value, Mapping) and path.count(".") < DEEPEST:
            yield from _recorded(value, f"{dotted}.")
            continue
        try:
            yield setting_of(dotted, value, "the log")
        except ConfigError:
            continue
