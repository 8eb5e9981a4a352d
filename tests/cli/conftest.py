"""What the tests of commands share: the program run in this process, with bytes in and out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.cli.boundary import run
from tests.pipes.processes import Home, Outcome, events_of


@dataclass(frozen=True)
class Program:
    """The program in this process: quick, but no signal and no closed stdout must come to it."""

    root: Path
    capture: pytest.CaptureFixture[bytes]

    @property
    def home(self) -> Home:
        return Home(self.root)

    def __call__(self, *arguments: str, input: bytes = b"") -> Outcome:
        with self._stdin(input):
            return self.plain(*arguments)

    def plain(self, *arguments: str) -> Outcome:
        """Run it with the stdin that this process has."""
        self.capture.readouterr()
        status = run(arguments)
        out, err = self.capture.readouterr()
        return Outcome(int(status), out, err.decode())

    def events(self, *arguments: str, input: bytes = b"") -> list[dict[str, Any]]:
        """Give the events of a run that goes well."""
        outcome = self("run", *arguments, input=input)
        assert (outcome.status, outcome.err) == (0, "")
        return events_of(outcome.out)

    def started(self, *arguments: str, input: bytes = b"") -> dict[str, Any]:
        """Give what a run says of itself at its beginning."""
        data: dict[str, Any] = self.events("-t", "1", *arguments, input=input)[0]["data"]
        return data

    @contextmanager
    def _stdin(self, data: bytes) -> Iterator[None]:
        path = self.root.parent / f"{self.root.name}.stdin"
        path.write_bytes(data)
        before = os.dup(0)
        given = os.open(path, os.O_RDONLY)
        os.dup2(given, 0)
        os.close(given)
        try:
            yield
        finally:
            os.dup2(before, 0)
            os.close(before)


@pytest.fixture
def pidgin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Program:
    home = Home(tmp_path / "home")
    home.root.mkdir()
    for name in list(os.environ):
        if name.startswith(("PIDGIN_", "XDG_")) or name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home.root))
    monkeypatch.setenv("PIDGIN_DATA_DIR", str(home.store))
    monkeypatch.chdir(home.root)
    return Program(home.root, capfdbinary)


@pytest.fixture
def home(pidgin: Program) -> Home:
    return pidgin.home


@pytest.fixture(scope="session")
def one_turn(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The log of a completed experiment exp_1 of one turn."""
    home = Home(tmp_path_factory.mktemp("home"))
    return home.run("run", "-t", "1", "--seed", "7", "--id", "exp_1").out
