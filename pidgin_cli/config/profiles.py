"""What must hold between the profile of convergence and the weights that somebody gave."""

from __future__ import annotations

from collections.abc import Mapping

from pidgin_cli.config.settings import ConvergenceSettings, WeightSettings
from pidgin_cli.errors import ConfigError

SECTION = "conversation.convergence"


def makes_a_score(settings: ConvergenceSettings) -> bool:
    """Say whether there is something that a score can be made of."""
    return settings.profile != "custom" or any(settings.weights)


def check_profile(settings: ConvergenceSettings, given: Mapping[str, str]) -> None:
    """See that weights are given where, and only where, they are used.

    Args:
        given: where each setting that was set came from, by its dotted key.

    Raises:
        ConfigError: they are not; says where.
    """
    weighed = [name for name in WeightSettings._fields if getattr(settings.weights, name)]
    if not makes_a_score(settings):
        raise ConfigError(
            f"{given[f'{SECTION}.profile']}: {SECTION}.profile is custom, and no weight is above "
            f"0: set those that count in {SECTION}.weights"
        )
    if settings.profile != "custom" and weighed:
        raise ConfigError(
            f"{given[f'{SECTION}.weights.{weighed[0]}']}: {SECTION}.weights counts only with "
            "profile: custom: set it beside them, or take the weights out"
        )
