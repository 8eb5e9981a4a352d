"""`pidgin index`: what it takes in, what it says, and what it refuses."""

from __future__ import annotations

import gzip
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.cli import indexing
from pidgin_cli.index.build import UNSETTLED, Builder
from tests.cli.conftest import Program
from tests.index.stores import Store, laid_open, lines, rows
from tests.pipes.processes import Outcome
from tests.views.logs import log


@pytest.fixture
def store(pidgin: Program) -> Store:
    pidgin.home.store.parent.mkdir(exist_ok=True)
    return Store(pidgin.home.store)


def test_it_says_nothing_where_nothing_is_wrong(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    assert Outcome(0, b"", "") == pidgin("index") == pidgin("index")
    assert [(30,)] == store.rows("select events from experiments")


def test_a_store_that_is_not_there_has_an_empty_index(pidgin: Program) -> None:
    assert Outcome(0, b"", "") == pidgin("index")
    assert [(0,)] == rows(pidgin.home.store / "index.db", "select count(*) from experiments")


def test_the_database_is_its_owners_alone(pidgin: Program, store: Store) -> None:
    before = os.umask(0)
    try:
        pidgin("index")
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in store.folder.root.iterdir()}
    assert {"index.db": 0o600, "index.db.lock": 0o600} == modes


def test_nothing_new_changes_nothing(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    # A file that was written this very moment is looked at once more.
    time.sleep(UNSETTLED / 1e9)
    pidgin("index")
    before = store.database.stat().st_mtime_ns
    pidgin("index")
    assert before == store.database.stat().st_mtime_ns


def test_bad_lines_are_named_once_and_kept_in_a_table(pidgin: Program, store: Store) -> None:
    store.write("exp_1", log("empty") + b'{"a":1}\n' + log("complete"))
    outcome = pidgin("index")
    assert Outcome(3, b"", "pidgin: exp_1: line 1, byte 0: no type\n") == outcome
    assert [(1, 0, "no type")] == store.rows("select line, offset, reason from bad_lines")
    assert Outcome(0, b"", "") == pidgin("index")


def test_an_unterminated_line_is_left_for_the_next_time(pidgin: Program, store: Store) -> None:
    whole = log("complete")
    store.write("exp_1", whole[:-20])
    assert Outcome(0, b"", "") == pidgin("index")
    assert [("open",)] == store.rows("select state from experiments")
    store.write("exp_1", whole)
    assert Outcome(0, b"", "") == pidgin("index")
    assert [("completed",)] == store.rows("select state from experiments")


def test_events_of_another_version_are_told_of(pidgin: Program, store: Store) -> None:
    line = b'{"v":2,"id":"i","type":"response.completed","experiment_id":"exp_1","data":{}}\n'
    store.write("exp_1", log("complete") + line)
    assert pidgin("index").err == (
        "pidgin: exp_1: 1 events are of another version of the schema, "
        "and stand only in the table events\n"
    )
    assert [(4,)] == store.rows("select count(*) from messages")


def test_a_log_that_is_compressed_is_not_read_again(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    pidgin("index")
    with closing(sqlite3.connect(store.database)) as connection, connection:
        connection.execute("update turns set duration = 99")
    store.compress("exp_1")
    pidgin("index")
    assert [("archive",)] == store.rows("select kind from sources")
    assert [(99.0,)] == store.rows("select distinct duration from turns")


def test_a_log_that_is_renamed_is_not_read_again(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    pidgin("index")
    store.log("exp_1").rename(store.log("exp_2"))
    pidgin("index")
    assert [("exp_2", 1)] == store.rows("select name, source from experiments")


def test_an_archive_of_many_members_is_not_taken_in_again(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    pidgin("index")
    data = store.log("exp_1").read_bytes()
    store.log("exp_1").unlink()
    store.archive("exp_1").write_bytes(gzip.compress(data[:3000]) + gzip.compress(data[3000:]))
    with closing(sqlite3.connect(store.database)) as connection, connection:
        connection.execute("update turns set duration = 99")
    assert Outcome(0, b"", "") == pidgin("index")
    assert [(99.0,)] == store.rows("select distinct duration from turns")


def test_the_same_log_under_two_names_is_two_sources(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    store.write("exp_2", store.log("exp_1").read_bytes())
    pidgin("index")
    pidgin("index")
    expected = [("exp_1", "exp_1"), ("exp_2", "exp_1")]
    assert expected == store.rows("select name, experiment_id from experiments order by 1")


def test_a_damaged_archive_gives_what_is_whole(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 300)
    store.compress("exp_1")
    data = store.archive("exp_1").read_bytes()
    store.archive("exp_1").write_bytes(data[: len(data) // 2])
    outcome = pidgin("index")
    assert (1, True) == (outcome.status, "exp_1.events.jsonl.gz" in outcome.err)
    assert store.rows("select lines from sources")[0][0] > 20


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_log_that_cannot_be_read_keeps_its_rows(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    pidgin("index")
    store.log("exp_1").chmod(0)
    assert pidgin("index").status == 1
    assert [(30,)] == store.rows("select events from experiments")


@pytest.mark.parametrize("damage", ["cut", "overwritten", "text", "other schema", "empty"])
def test_a_database_that_is_damaged_or_old_is_made_anew(
    pidgin: Program, store: Store, damage: str
) -> None:
    store.append("exp_1", 400)
    pidgin("index")
    whole, data = laid_open(store.database), store.database.read_bytes()
    match damage:
        case "cut":
            store.database.write_bytes(data[: len(data) // 2])
        case "overwritten":
            store.database.write_bytes(data[:4096] + b"\xaa" * (len(data) - 4096))
        case "text":
            store.database.write_bytes(b"no database\n")
        case "empty":
            store.database.write_bytes(b"")
        case _:
            with closing(sqlite3.connect(store.database)) as connection:
                connection.execute("pragma user_version = 1")
    store.append("exp_1", 1)
    assert Outcome(0, b"", "") == pidgin("index")
    assert store.rebuilt() == laid_open(store.database) != whole


def test_rebuild_begins_from_nothing(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    pidgin("index")
    with closing(sqlite3.connect(store.database)) as connection, connection:
        connection.execute("delete from messages")
    pidgin("index", "--rebuild")
    assert store.rebuilt() == laid_open(store.database)


def test_stdin_goes_into_any_database(pidgin: Program) -> None:
    assert Outcome(0, b"", "") == pidgin("index", "--db", "f.db", "-", input=log("complete"))
    assert Outcome(0, b"", "") == pidgin("index", "--db", "f.db", "-", input=log("failed"))
    assert Outcome(0, b"", "") == pidgin("index", "--db", "f.db", "-", input=log("complete"))
    names = rows(Path("f.db"), "select name, state from experiments order by 1")
    assert [("exp_complete", "completed"), ("exp_failed", "failed")] == names


def test_the_last_line_of_stdin_needs_no_newline_and_may_be_torn(pidgin: Program) -> None:
    assert Outcome(0, b"", "") == pidgin("index", "--db", "f.db", "-", input=log("complete")[:-1])
    torn = log("failed")[:-9]
    outcome = pidgin("index", "--db", "f.db", "-", input=torn)
    assert (3, True) == (outcome.status, "the last line is torn" in outcome.err)


def test_a_stream_of_many_experiments_is_put_together(pidgin: Program) -> None:
    names = [f"exp_{number}" for number in range(150)]
    streams = {name: lines(name) for name in names}
    data = b"".join(next(streams[name]) for _ in range(36) for name in names)
    assert Outcome(0, b"", "") == pidgin("index", "--db", "f.db", "-", input=data)
    found = rows(Path("f.db"), "select distinct events, messages, turns from experiments")
    assert [(36, 4, 2)] == found


def test_another_database_can_be_made_of_the_store(pidgin: Program, store: Store) -> None:
    store.append("exp_1", 30)
    assert Outcome(0, b"", "") == pidgin("index", "--db", "other.db")
    assert not store.database.exists()
    assert laid_open(Path("other.db")) == store.rebuilt()


REFUSED = {
    ("index", "exp_1"): "index takes no SOURCE but -, and not 'exp_1'",
    ("index", "-"): "index - needs --db FILE: the store's own index is made of its logs alone",
    ("index", "-", "--db", "f.db", "--follow"): "index - follows stdin to its end",
    ("index", "--db", "notes.txt"): "notes.txt is no index of pidgin; give --db another name",
    ("index", "--db", "foreign.db"): "foreign.db is no index of pidgin; give --db another name",
    ("index", "--db", "folder"): "folder is a folder; name a database file in it",
}


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    pidgin: Program, arguments: tuple[str, ...]
) -> None:
    Path("notes.txt").write_text("mine")
    Path("folder").mkdir()
    with closing(sqlite3.connect("foreign.db")) as connection:
        connection.execute("create table mine (a)")
    before = Path("foreign.db").read_bytes()
    outcome = pidgin(*arguments)
    assert (2, True) == (outcome.status, REFUSED[arguments] in outcome.err)
    assert ("mine", before) == (Path("notes.txt").read_text(), Path("foreign.db").read_bytes())


def test_streams_that_cannot_be_read_again_are_not_thrown_away(pidgin: Program) -> None:
    pidgin("index", "--db", "f.db", "-", input=log("complete"))
    outcome = pidgin("index", "--db", "f.db", "--rebuild")
    assert (2, True) == (outcome.status, "holds 1 streams that cannot be read again" in outcome.err)
    with closing(sqlite3.connect("f.db")) as connection:
        connection.execute("pragma user_version = 1")
    assert pidgin("index", "--db", "f.db", "-", input=log("failed")).status == 2
    assert [("exp_complete",)] == rows(Path("f.db"), "select name from experiments")


def test_a_run_brings_the_index_up_to_date_when_it_ends(pidgin: Program) -> None:
    pidgin("run", "-t", "1", "--id", "exp_1")
    assert [("exp_1", "completed")] == rows(
        pidgin.home.store / "index.db", "select name, state from experiments"
    )


def test_that_can_be_switched_off(pidgin: Program) -> None:
    Path("pidgin.yaml").write_text("events: {index: {update: false}}\n")
    pidgin("run", "-t", "1", "--id", "exp_1")
    assert not (pidgin.home.store / "index.db").exists()


def test_a_run_ends_well_whatever_is_wrong_with_the_index(pidgin: Program) -> None:
    (pidgin.home.store / "index.db.lock").mkdir(parents=True)
    outcome = pidgin("run", "-t", "1", "--id", "exp_1")
    assert (0, "") == (outcome.status, outcome.err)


@pytest.mark.parametrize("grown", [0, 7])
@pytest.mark.parametrize("moment", ["changes", "take_in"])
def test_a_log_that_is_packed_while_it_is_looked_at_is_missed_in_no_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch, moment: str, grown: int
) -> None:
    store.append("known", 20)
    store.index()
    store.append("known", grown)
    store.append("new", 10)
    owner = {"changes": indexing, "take_in": Builder}[moment]
    work = getattr(owner, moment)

    def packed_before(*arguments: Any) -> Any:
        if moment == "changes":
            arguments = arguments[0], [*arguments[1]]
        for name in ("known", "new"):
            store.compress(name)
        monkeypatch.undo()
        return work(*arguments)

    monkeypatch.setattr(owner, moment, packed_before)
    assert store.index().status == 0
    assert [("known", 20 + grown), ("new", 10)] == store.rows(
        "select name, events from experiments order by name"
    )
    store.index()
    assert store.rebuilt() == laid_open(store.database)


@pytest.mark.parametrize("name", ["*", "**", "[x].db", "?"])
def test_only_what_was_left_of_a_database_itself_is_removed(
    pidgin: Program, one_turn: bytes, name: str
) -> None:
    mine, others = Path(f".{name}.7.tmp"), Path(".x.7.tmp")
    for path in (mine, others):
        path.write_text("left")
    outcome = pidgin("index", "--db", name, "-", input=one_turn)
    assert (0, False, True) == (outcome.status, mine.exists(), others.exists()), outcome.err
