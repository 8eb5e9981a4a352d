"""Twins: from each command to its file, its test and its page; words that two rooms know."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from pidgin_cli.cli.app import COMMANDS
from pidgin_cli.config import settings, study
from pidgin_cli.events import detections, experiment, interventions

ROOT = Path(__file__).parent.parent
NAMES = [row.name for row in COMMANDS]
TWINS = (
    "pidgin_cli/cli/commands/{}.py",
    "tests/cli/test_{}.py",
    "man/pidgin-{}.1",
)


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("name", NAMES)
def test_a_command_has_its_twin(name: str, twin: str) -> None:
    assert (ROOT / twin.format(name)).is_file(), f"missing: {twin.format(name)}"


def test_every_file_of_a_command_stands_in_the_table() -> None:
    files = (ROOT / "pidgin_cli" / "cli" / "commands").glob("*.py")
    assert sorted(path.stem for path in files if path.stem != "__init__") == sorted(NAMES)


def test_every_page_of_a_command_stands_in_the_table() -> None:
    pages = (ROOT / "man").glob("pidgin-*.1")
    assert sorted(path.stem.removeprefix("pidgin-") for path in pages) == sorted(NAMES)


@pytest.mark.parametrize(
    ("configured", "recorded"),
    [
        (settings.Action, detections.Action),
        (study.Order, experiment.Order),
        (get_type_hints(study.PlannedIntervention)["source"], interventions.InterventionSource),
    ],
)
def test_what_is_configured_is_recorded_in_the_same_words(configured: Any, recorded: Any) -> None:
    # Neither room may import the other.
    assert get_args(configured) == get_args(recorded)
