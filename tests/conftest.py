"""What all tests share: the options that rewrite golden files, and that count to the full."""

from __future__ import annotations

import pwd
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("quick", deadline=None)
settings.register_profile("full", deadline=None, max_examples=2000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="rewrite golden files with what the code gives now; look at the difference after",
    )
    parser.addoption(
        "--full",
        action="store_true",
        help="kill, cut and break as often as was promised, not only as often as is quick",
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("full" if config.getoption("--full") else "quick")


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--full"))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Give the account of whoever runs the tests another home."""

    def has_home(home: Path) -> None:
        monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_dir=str(home)))

    return has_home


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine know no account of whoever runs the tests."""

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
