"""`pidgin list`: what is shown of every experiment, in every format, in every state."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from pidgin_cli.store.identity import boot, host
from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Outcome, ended, until

COLUMNS = ["id", "state", "group", "labels", "turns", "cost_usd", "size", "age", "path"]


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in outcome.out.splitlines()]


def ids(outcome: Outcome) -> list[str]:
    return [row["id"] for row in rows(outcome)]


@pytest.fixture
def store(pidgin: Program) -> Program:
    """A store with one experiment in each state that needs no other process."""
    pidgin.events("-t", "2", "--id", "done", "--group", "g", "--label", "k=v", "--label", "l=w")
    pidgin("run", "-a", "sim:chatty,context=300", "--id", "paused")
    (pidgin.root / "script").write_text('{"content":"","errors":[{"kind":"x","retryable":false}]}')
    pidgin("run", "-a", "sim:script:script", "--id", "failed", "--group", "g")
    lines = pidgin.home.logs()["done"].splitlines(keepends=True)
    crashed = b"".join(lines[:-1]).replace(b'"done"', b'"crashed"').replace(b'"g"', b'"h"')
    pidgin.home.write_log("crashed", crashed)
    writer = f'"host":"{host()}","boot":"{boot()}"'.encode()
    other = crashed.replace(b'"crashed"', b'"unknown"').replace(writer, b'"host":"x","boot":"y"')
    pidgin.home.write_log("unknown", other)
    return pidgin


STATES = {
    "crashed": "crashed",
    "done": "completed",
    "failed": "failed",
    "paused": "paused",
    "unknown": "unknown",
}


def test_every_state_is_told(store: Program) -> None:
    assert {row["id"]: row["state"] for row in rows(store("list"))} == STATES


def test_one_that_is_being_written_is_running(pidgin: Program) -> None:
    with pidgin.home.start("run", "-a", "sim:chatty,pace=1", "--id", "exp_1") as process:
        until(lambda: bool(pidgin.home.logs().get("exp_1")))
        assert [row["state"] for row in rows(pidgin("list"))] == ["running"]
        process.kill()
        ended(process)


def test_a_row_says_all_there_is(store: Program) -> None:
    (row,) = (row for row in rows(store("list")) if row["id"] == "done")
    age = row.pop("age")
    path = store.home.archive("done")
    assert row == {
        "id": "done",
        "state": "completed",
        "group": "g",
        "labels": {"k": "v", "l": "w"},
        "turns": 2,
        "cost_usd": 0.0,
        "size": path.stat().st_size,
        "path": str(path),
    }
    assert age >= 0


def test_the_oldest_comes_first(pidgin: Program) -> None:
    for name in ("c", "a", "b"):
        pidgin.events("-t", "1", "--id", name)
    assert ids(pidgin("list")) == ["c", "a", "b"]


def test_ids_are_one_a_line(store: Program) -> None:
    assert sorted(store("list", "-f", "ids").out.decode().split("\n")) == ["", *sorted(STATES)]


def test_tabs_stand_between_the_columns(store: Program) -> None:
    head, *lines = store("list", "-f", "tsv").out.decode().removesuffix("\n").split("\n")
    assert head.split("\t") == COLUMNS
    cells = {line.split("\t")[0]: line.split("\t") for line in lines}
    assert {len(line) for line in cells.values()} == {9}
    assert cells["done"][1:6] == ["completed", "g", "k=v,l=w", "2", "0.0"]
    assert cells["failed"][2:6] == ["g", "", "0", "0.0"]


def test_commas_and_json_are_to_be_had_as_well(store: Program) -> None:
    head, *lines = csv.reader(store("list", "-f", "csv").out.decode().splitlines())
    assert head == COLUMNS
    done = next(line for line in lines if line[0] == "done")
    assert done[1:6] == ["completed", "g", "k=v,l=w", "2", "0.0"]
    listed = orjson.loads(store("list", "-f", "json").out)
    one_by_one = rows(store("list", "-f", "jsonl"))
    assert [{**row, "age": 0} for row in one_by_one] == [{**row, "age": 0} for row in listed]


def test_no_label_breaks_a_row_of_tabs(pidgin: Program) -> None:
    pidgin.events("-t", "1", "--label", "k=a\tb\nc", "--group", "g\th")
    head, row = pidgin("list", "-f", "tsv").out.decode().removesuffix("\n").split("\n")
    assert len(row.split("\t")) == len(head.split("\t")) == 9


def test_a_table_is_aligned(store: Program) -> None:
    head, *lines = store("list", "-f", "table").out.decode().removesuffix("\n").split("\n")
    at = head.index("state")
    assert {line[at:].split()[0] for line in lines} == set(STATES.values())
    assert head.split() == COLUMNS


def test_a_table_leaves_out_columns_that_are_empty(pidgin: Program) -> None:
    pidgin.events("-t", "1", "--id", "x")
    head, line = pidgin("list", "-f", "table").out.decode().removesuffix("\n").split("\n")
    assert head.split() == ["id", "state", "turns", "cost_usd", "size", "age", "path"]
    assert re.fullmatch(r"x +completed +1 +0\.00 +\d+ kB +\d+ s +/\S+", line)


def test_a_table_is_cut_at_the_width_of_the_terminal(
    store: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    lines = store("list", "-f", "table").out.decode().split("\n")
    assert max(len(line) for line in lines) == 30


def test_who_reads_a_table_is_told_that_the_store_is_empty(pidgin: Program) -> None:
    outcome = pidgin("list", "-f", "table")
    where = pidgin.home.store
    told = f"pidgin: no experiments in {where}; 'pidgin run' makes one, --data-dir looks elsewhere"
    assert (outcome.status, outcome.out, outcome.err) == (0, b"", f"{told}\n")


@pytest.mark.parametrize("form", ["table -q", "jsonl", "ids", "auto"])
def test_an_empty_store_lists_nothing(pidgin: Program, form: str) -> None:
    outcome = pidgin("list", "-f", *form.split())
    assert (outcome.status, outcome.out, outcome.err) == (0, b"", "")
    assert pidgin.home.everything() == []


def test_archives_are_listed_and_one_with_a_log_counts_once(store: Program) -> None:
    import gzip

    data = store.home.logs()["done"]
    store.home.write_log("done", data)
    packed = data.replace(b'"done"', b'"packed"')
    store.home.store.joinpath("packed.events.jsonl.gz").write_bytes(gzip.compress(packed))
    told = {row["id"]: row["state"] for row in rows(store("list"))}
    assert told == {**STATES, "packed": "completed"}


def test_files_that_are_no_experiments_are_passed_over(store: Program) -> None:
    for name in ("x.control", "x.torn", "notes.txt", "-x.events.jsonl", "latest.events.jsonl"):
        (store.home.store / name).write_text("")
    assert sorted(ids(store("list"))) == sorted(STATES)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"not JSON\n",
        b'{"type":"experiment.started","experiment_id":"odd","data":{}}\n',
        b'{"type":"experiment.started","experiment_id":"odd","data":{"labels":[1],"group":2}}\n',
        b'{"type":"turn.completed","experiment_id":"odd","data":{"cost_usd":"much"}}\n',
        b'{"type":"experiment.started","experiment_id":"odd","data":{"writer":"me"}}\n',
        b'{"type":"experiment.completed","experiment_id":"odd","data":{"turns":"x"}}',
    ],
)
@pytest.mark.parametrize("form", ["table", "jsonl", "json", "csv", "tsv", "ids"])
def test_a_log_that_is_odd_does_not_hide_the_others(store: Program, data: bytes, form: str) -> None:
    store.home.write_log("odd", data)
    outcome = store("list", "-f", form)
    assert (outcome.status, outcome.err) == (0, "")
    for name in ("odd", *STATES):
        assert name.encode() in outcome.out


@dataclass(frozen=True)
class Difference:
    """What is seen of a list without an option, and with it."""

    given: Sequence[str]
    look: Callable[[Outcome], Any]
    without: Any
    with_it: Any


DIFFERENCES = {
    "--config": Difference(["--config", "elsewhere.yaml"], ids, ["done"], []),
    "--data-dir": Difference(["--data-dir", "other"], ids, ["done"], []),
    "--group": Difference(["--group", "other"], ids, ["done"], []),
    "--state": Difference(["--state", "failed"], ids, ["done"], []),
    "--since": Difference(["--since", "2100-01-01"], ids, ["done"], []),
    "--study": Difference(
        ["--study", "s.yaml"], lambda outcome: len(outcome.out.splitlines()), 1, 3
    ),
    "--format": Difference(
        ["--format", "ids"], lambda outcome: outcome.out == b"done\n", False, True
    ),
}
# A list speaks of an empty store alone; it has a test of its own.
WITHOUT_EFFECT = {"--quiet"}


@pytest.mark.parametrize("option", sorted(set(options_of("list")) - WITHOUT_EFFECT))
def test_an_option_makes_the_difference_that_it_names(
    pidgin: Program, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = DIFFERENCES[option]
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    study = "study: s\npairs: [['sim:echo', 'sim:terse']]\nrepeat: 3\n"
    (pidgin.root / "s.yaml").write_text(study)
    monkeypatch.delenv("PIDGIN_DATA_DIR")
    pidgin.events("-t", "1", "--id", "done")
    seen = [case.look(pidgin("list", *given)) for given in ((), case.given)]
    assert seen == [case.without, case.with_it]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--group", "g"], ["done", "failed"]),
        (["--state", "failed"], ["failed"]),
        (["--state", "failed,paused"], ["failed", "paused"]),
        (["--state", "failed", "--state", "paused"], ["failed", "paused"]),
        (["--group", "g", "--state", "completed"], ["done"]),
        (["--group", "nobody"], []),
        (["--group", "g", "--since", "1h"], ["done", "failed"]),
        (["--group", "g", "--since", "2100-01-01"], []),
    ],
)
def test_only_what_was_asked_for_is_listed(
    store: Program, arguments: list[str], expected: list[str]
) -> None:
    assert sorted(ids(store("list", *arguments))) == expected


def test_three_hundred_logs_are_listed(pidgin: Program, one_turn: bytes) -> None:
    for number in range(300):
        pidgin.home.write_log(f"exp_{number}", one_turn)
    assert len(rows(pidgin("list"))) == 300


def test_listing_changes_nothing(store: Program) -> None:
    before = {path: (path.stat(), path.read_bytes()) for path in store.home.store.iterdir()}
    store("list")
    after = {path: (path.stat(), path.read_bytes()) for path in store.home.store.iterdir()}
    stable = {path: (stat.st_mtime_ns, data) for path, (stat, data) in before.items()}
    assert {path: (stat.st_mtime_ns, data) for path, (stat, data) in after.items()} == stable


def test_a_log_of_somebody_else_does_not_hide_the_others(
    pidgin: Program, one_turn: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root reads everything, so that modes alone would not do.
    closed = pidgin.home.write_log("closed", one_turn)
    pidgin.home.write_log("open", one_turn)
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed)
    listed = {row["id"]: (row["state"], row["turns"]) for row in rows(pidgin("list"))}
    assert listed == {"closed": ("unknown", 0), "open": ("completed", 1)}
    outcome = pidgin("doctor", "--format", "jsonl")
    assert (outcome.status, b'"cannot be read: closed"' in outcome.out) == (1, True)
