"""`pidgin rm`: experiments go with all their files, and only if somebody says so."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Home, events_of

OPTIONS: dict[str, Sequence[str]] = {
    "--config": ["--config", "elsewhere.yaml"],
    "--data-dir": ["--data-dir", "other"],
    "--quiet": ["--quiet"],
    "--sources-from": ["--sources-from", "names"],
    "--dry-run": ["--dry-run"],
}


@pytest.fixture
def store(pidgin: Program, one_turn: bytes) -> bytes:
    for name in ("exp_1", "exp_2"):
        pidgin.home.write_log(name, one_turn.replace(b"exp_1", name.encode()))
    (pidgin.home.store / "exp_1.torn").write_bytes(b"torn")
    (pidgin.home.store / "exp_1.control").write_bytes(b"")
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    (pidgin.root / "names").write_text("exp_2\n")
    return one_turn


def there(home: Home) -> list[str]:
    return sorted(os.listdir(home.store))


@pytest.mark.parametrize("option", sorted(set(options_of("rm")) - {"--force"}))
def test_an_option_makes_a_difference(
    pidgin: Program, store: bytes, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An option that is new and has no row here fails.
    saved = {path: path.read_bytes() for path in pidgin.home.store.iterdir()}
    without = (pidgin("rm", "exp_1", "--force"), there(pidgin.home))
    for path, data in saved.items():
        path.write_bytes(data)
    if option == "--config":
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
    assert without != (pidgin("rm", "exp_1", "--force", *OPTIONS[option]), there(pidgin.home))


def test_every_file_goes(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("rm", "exp_1", "--force")
    assert (outcome.status, outcome.out) == (0, b"")
    assert outcome.err.startswith("pidgin: removed experiment exp_1, ")
    assert ["exp_2.events.jsonl"] == there(pidgin.home)


def test_where_there_is_nothing_nobody_is_asked(pidgin: Program) -> None:
    pidgin.home.store.mkdir()
    assert (0, b"", "") == pidgin("rm", "all").told


def test_where_nobody_can_be_asked_nothing_goes_without_force(
    pidgin: Program, store: bytes
) -> None:
    outcome = pidgin("rm", "all")
    assert (outcome.status, len(there(pidgin.home))) == (2, 4)
    assert "nobody can be asked whether 2 experiments (" in outcome.err
    assert outcome.err.endswith(" may go: add --force\n")


@pytest.mark.parametrize(
    ("answer", "status", "left"), [(b"y\n", 0, 1), (b"yes\n", 0, 1), (b"\n", 1, 4), (b"", 1, 4)]
)
def test_a_person_is_asked(
    pidgin: Program,
    store: bytes,
    monkeypatch: pytest.MonkeyPatch,
    answer: bytes,
    status: int,
    left: int,
) -> None:
    monkeypatch.setattr("pidgin_cli.cli.removing.is_terminal", lambda descriptor: True)
    monkeypatch.setattr("sys.stdin", os.fdopen(0, closefd=False))
    outcome = pidgin("rm", "exp_1", input=answer)
    assert (outcome.status, len(there(pidgin.home))) == (status, left)
    assert "They cannot be had again. [y/N]" in outcome.err


def test_what_would_go_is_shown(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("rm", "exp_1", "--dry-run")
    (row,) = events_of(outcome.out)
    assert (outcome.status, row["id"], row["state"]) == (0, "exp_1", "completed")
    assert row["size"] == len(store) + 4
    assert 4 == len(there(pidgin.home))


def rows(pidgin: Program) -> list[str]:
    """Give the experiments of the index, without bringing it up to date."""
    with closing(sqlite3.connect(pidgin.home.store / "index.db")) as database:
        return [row[0] for row in database.execute("select experiment_id from experiments")]


def test_the_rows_of_the_index_go_too(pidgin: Program, store: bytes) -> None:
    pidgin("index")
    assert ["exp_1", "exp_2"] == sorted(rows(pidgin))
    pidgin("rm", "exp_1", "--force")
    assert ["exp_2"] == rows(pidgin)


def test_an_index_that_is_not_there_is_not_made(pidgin: Program, store: bytes) -> None:
    pidgin("rm", "exp_1", "--force")
    assert ["exp_2.events.jsonl"] == there(pidgin.home)


def test_what_is_no_experiment_of_a_store_is_refused(pidgin: Program, store: bytes) -> None:
    (pidgin.root / "mine.jsonl").write_bytes(store)
    outcome = pidgin("rm", "./mine.jsonl", "--force")
    assert (outcome.status, (pidgin.root / "mine.jsonl").exists()) == (2, True)
    assert 2 == pidgin("rm", "-", "--force").status
    assert 2 == pidgin("rm", "--force").status


def test_what_runs_stays(pidgin: Program, store: bytes) -> None:
    home = pidgin.home
    with home.start("run", "-a", "sim:chatty,pace=5", "--id", "live", "-t", "50") as live:
        assert live.stdout is not None
        live.stdout.readline()
        outcome = pidgin("rm", "live", "exp_2", "--force")
        live.terminate()
        live.communicate(timeout=60)
    assert (outcome.status, home.log("live").exists(), home.log("exp_2").exists()) == (
        75,
        True,
        False,
    )
