"""What the tests of the store share: a folder of their own, drafts, and what a log holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.folder import Folder

Recorded = Callable[[Folder, str], list[Event]]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "events")


@pytest.fixture
def line() -> Callable[..., bytes]:
    """Give a function that makes lines, each with an id of its own."""
    numbers = itertools.count()

    def make(kind: str = "odd.happened", **data: object) -> bytes:
        number = next(numbers)
        event = Event(kind, "exp_1", f"i-{number:06d}", 100.0 + number, None, None, data)
        return encode(event)

    return make


class Meddled(type(Path())):  # type: ignore[misc]
    """A path; when somebody looks at what has its name, something happens first, once."""

    meddle: Callable[[], object] | None = None

    def __fspath__(self) -> str:
        meddle, self.meddle = self.meddle, None
        if meddle is not None:
            meddle()
        return str(self)


@pytest.fixture
def meddled(folder: Folder) -> Meddled:
    """The path of the log of exp_1."""
    return Meddled(folder.log("exp_1"))


@pytest.fixture
def draft() -> Draft:
    return Draft("turn.started", {}, 0)


@pytest.fixture
def recorded() -> Recorded:
    def read(folder: Folder, experiment_id: str) -> list[Event]:
        lines = folder.log(experiment_id).read_bytes().split(b"\n")[:-1]
        return [decode(line) for line in lines]

    return read
