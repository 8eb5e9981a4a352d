"""Settings as a log has them, and what is typed later over them."""

from __future__ import annotations

import pytest

from pidgin_cli.config.recorded import changed_settings
from pidgin_cli.config.settings import LimitSettings, Settings, as_plain
from pidgin_cli.errors import ConfigError

RECORDED = {
    "limits": {"tokens": 100, "actions": {"tokens": "stop"}},
    "conversation": {"convergence": {"threshold": 0.5}},
}


def test_what_was_recorded_comes_back_and_the_rest_is_as_by_default() -> None:
    settings = changed_settings(RECORDED, {})
    assert (settings.limits.tokens, settings.limits.actions.tokens) == (100, "stop")
    assert settings.conversation.convergence.threshold == 0.5
    assert settings.conversation.attractor == Settings().conversation.attractor


def test_a_whole_configuration_is_what_it_was() -> None:
    plain = as_plain(Settings())
    kept = {name: plain[name] for name in ("conversation", "context_management", "limits")}
    assert changed_settings(kept, {}) == Settings()


def test_a_change_goes_before_what_was_recorded() -> None:
    settings = changed_settings(
        RECORDED, {"limits.tokens": (None, "--on"), "limits.time": ("2h", "--max-time")}
    )
    assert settings.limits == LimitSettings(
        time=7200.0, actions=changed_settings(RECORDED, {}).limits.actions
    )


@pytest.mark.parametrize(
    "recorded",
    [
        {"limits": {"tokens": "many"}},
        {"limits": {"wishes": 3}},
        {"limits": 7},
        {"conversation": {"convergence": {"action": "explode"}}},
        {"conversation": {"convergence": {"profile": "custom"}}},
    ],
)
def test_what_another_version_recorded_counts_as_not_there(recorded: dict[str, object]) -> None:
    assert changed_settings(recorded, {}) == Settings()


def test_a_change_that_cannot_be_is_refused_by_its_flag() -> None:
    with pytest.raises(ConfigError, match=r"--max-time: .soon. is not a number of seconds"):
        changed_settings({}, {"limits.time": ("soon", "--max-time")})


def test_a_profile_of_ones_own_comes_back_with_its_weights() -> None:
    own = {"profile": "custom", "weights": {"style": 2.0}}
    convergence = changed_settings({"conversation": {"convergence": own}}, {}).conversation
    assert ("custom", 2.0) == (
        convergence.convergence.profile,
        convergence.convergence.weights.style,
    )
