"""What the tests of whole processes share: a home to run the program in."""

from __future__ import annotations

import os
import shutil
import subprocess
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


@pytest.fixture(scope="session")
def strace() -> str:
    """Where strace is; tests that trace are passed over where it is not, or may not."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("there is no strace here")
    done = subprocess.run([found, "-o", os.devnull, "true"], timeout=60, check=False)
    if done.returncode:
        pytest.skip("strace may not trace here")
    return found
