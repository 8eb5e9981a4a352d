"""What the tests of whole processes share: a home to run the program in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipes.processes import Home, hear_signals


@pytest.fixture(scope="session", autouse=True)
def hearing() -> None:
    hear_signals()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture(scope="session")
def one_turn(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of a completed experiment exp_1 of one turn."""
    home = Home(tmp_path_factory.mktemp("home"))
    return home.run("run", "-t", "1", "--seed", "7", "--id", "exp_1").out
