"""What the tests of filters share: a conversation as a run records it."""

from __future__ import annotations

import pytest

from tests.pipes.processes import Home


@pytest.fixture(scope="session")
def conversation(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of two turns between simulated agents, whose text has two deltas or more each."""
    home = Home(tmp_path_factory.mktemp("home"))
    return home.run("run", "-t", "2", "--seed", "7", "--id", "exp_1").out
