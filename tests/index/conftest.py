"""What the tests of the index share: a store of its own for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.stores import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")
