from pathlib import Path

import pytest

from pidgin_cli.config.load import load_settings
from pidgin_cli.config.settings import ConvergenceSettings, WeightSettings
from pidgin_cli.errors import ConfigError


def convergence(tmp_path: Path, text: str) -> ConvergenceSettings:
    file = tmp_path / "pidgin.yaml"
    file.write_text(f"conversation:\n  convergence:\n{text}")
    environ = {"HOME": str(tmp_path)}
    loaded = load_settings(explicit=file, environ=environ, cwd=tmp_path, system=tmp_path / "none")
    return loaded.settings.conversation.convergence


def test_weights_of_ones_own_make_a_custom_profile(tmp_path: Path):
    text = "    profile: custom\n    weights: {vocabulary: 2, style: 0.5}\n"
    weights = WeightSettings(vocabulary=2.0, style=0.5)
    assert ConvergenceSettings(profile="custom", weights=weights) == convergence(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("    profile: custom\n", ":3: conversation.convergence.profile is custom, and no weight"),
        ("    weights:\n      style: 1\n", ":4: conversation.convergence.weights counts only"),
        ("    profile: wordy\n", ':3: conversation.convergence.profile: "wordy" is not one of'),
        ("    weights: {style: -1}\n", ":3: conversation.convergence.weights.style: -1 is not"),
        ("    weights: {stile: 1}\n", "did you mean style?"),
    ],
)
def test_weights_that_make_no_profile_are_refused(tmp_path: Path, text: str, said: str):
    with pytest.raises(ConfigError) as refused:
        convergence(tmp_path, text)
    assert said in str(refused.value)
