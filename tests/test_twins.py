"""Twins by name: from each command to its file, its test and its page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pidgin_cli.cli.app import COMMANDS

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
