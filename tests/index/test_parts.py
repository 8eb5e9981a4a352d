"""Logs that several processes read at once."""

from __future__ import annotations

import os
import signal
import time

import pytest

from pidgin_cli.cli.indexing import Indexing, index_file
from pidgin_cli.errors import PidginError
from pidgin_cli.index import build, parts
from pidgin_cli.index.logs import Unpack
from tests.index.stores import Store, laid_open


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have even little read by others, log by log, and committed at once."""
    for name in ("WORTH_A_CREW", "SHARE", "ADDED"):
        monkeypatch.setattr(build, name, 1)


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


def test_many_small_logs_are_read_together(
    store: Store, crew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "SHARE", 20_000)
    for number in range(12):
        store.append(f"exp_{number}", 10 + 20 * number)
    by_a_crew(store)
    assert store.rebuilt() == laid_open(store.database)


def test_parts_are_added_in_the_order_of_the_logs_whichever_is_made_first(
    store: Store, crew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        store.append(f"exp_{number}", 20)
    made_of = parts.made_of

    def slowly(tasks: list[parts.Task], unpack: Unpack) -> parts.Part:
        time.sleep(0.1 * (tasks[0].source.id % 3 == 1))
        return made_of(tasks, unpack)

    monkeypatch.setattr(parts, "made_of", slowly)
    by_a_crew(store)
    found = store.rows("select source from experiments order by rowid")
    assert [(number,) for number in range(1, 10)] == found
    assert store.rebuilt() == laid_open(store.database)


def test_a_process_that_ends_too_early_is_told_and_nothing_of_it_is_kept(
    store: Store, crew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        store.append(f"exp_{number}", 20)

    def killed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(parts, "made_of", killed)
    with pytest.raises(PidginError, match="a worker process ended"):
        by_a_crew(store)
    assert not store.database.exists()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_without_a_way_to_hand_over_parts_one_process_reads_all(
    store: Store, crew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        store.append(f"exp_{number}", 50)
    monkeypatch.setattr(parts, "CAN_BE_MADE", False)
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
