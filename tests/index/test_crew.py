"""Logs that several processes read at once."""

from __future__ import annotations

import os
import time

import pytest

from pidgin_cli.cli.indexing import Indexing, index_file
from pidgin_cli.index import build, parts
from tests.index.stores import Store, laid_open


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even little read by others."""
    monkeypatch.setattr(build, "WORTH_A_CREW", 1)


def by_a_crew(store: Store, said: list[str] | None = None) -> Indexing:
    say = [].append if said is None else said.append
    indexing = Indexing(store.folder, index_file(store.folder, None), cores=3, say=say)
    indexing.once()
    return indexing


def test_their_rows_are_those_of_one(store: Store, crew: None) -> None:
    for number in range(7):
        store.append(f"exp_{number}", 30 + 200 * number, torn=number == 3)
    store.compress("exp_2")
    by_a_crew(store)
    assert store.rebuilt() == laid_open(store.database)
    store.append("exp_1", 100)
    store.append("exp_8", 100)
    store.append("exp_9", 100)
    by_a_crew(store)
    assert store.rebuilt() == laid_open(store.database)


def test_what_is_wrong_is_told_once(store: Store, crew: None) -> None:
    store.write("exp_1", b"{}\nno\n")
    store.append("exp_2", 300)
    store.compress("exp_2")
    damaged = store.archive("exp_2").read_bytes()
    store.archive("exp_2").write_bytes(damaged[: len(damaged) // 2])
    # A file that was written this very moment is looked at once more.
    time.sleep(build.UNSETTLED / 1e9)
    said: list[str] = []
    assert by_a_crew(store, said).status == 1
    archive = f"{store.archive('exp_2')}: the archive is damaged: the member at byte 0"
    beginnings = ["exp_1: line 1, byte 0: no type", "exp_1: line 2, byte 3: not JSON", archive]
    told = sorted(said, key=lambda line: "archive" in line)
    assert beginnings == [line[: len(b)] for line, b in zip(told, beginnings, strict=True)]
    said.clear()
    by_a_crew(store, said)
    assert [] == said


def test_nobody_is_left_when_writing_fails(
    store: Store, crew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        store.append(f"exp_{number}", 2000)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parts, "add", full)
    with pytest.raises(Exception, match="No space left"):
        by_a_crew(store)
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
