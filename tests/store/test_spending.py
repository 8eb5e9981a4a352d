from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from pidgin_cli.store.folder import Folder
from pidgin_cli.store.spending import Spending, Spent

USAGE = {"input_tokens": 10, "output_tokens": 5}


def line(kind: str, at: float, **more: Any) -> bytes:
    extra = more.pop("extra", {})
    event = {"type": kind, "experiment_id": "e", "timestamp": at, "data": more, **extra}
    return orjson.dumps(event) + b"\n"


STARTED = line("experiment.started", 100.0)
CALLS = [
    line("api.call.started", 101.0, response=0),
    line("api.call.completed", 103.0, response=0, usage=USAGE, cost_usd=0.25),
    line("api.call.started", 103.5, response=1),
    line("api.call.failed", 104.0, response=1, usage=USAGE, retry_in=None),
]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_what_calls_used_is_added_up_over_all_logs(folder: Folder):
    folder.log("a").write_bytes(STARTED + b"".join(CALLS))
    folder.log("b").write_bytes(STARTED + CALLS[0] + CALLS[1])
    assert Spent(45, 0.5, 7.0) == Spending(folder, ["a", "b", "missing"]).read()


def test_reading_goes_on_where_it_stopped_and_leaves_a_torn_line_for_later(folder: Folder):
    spending = Spending(folder, ["a"])
    path = folder.log("a")
    path.write_bytes(STARTED + CALLS[0] + CALLS[1][:30])
    assert Spent(0, 0.0, 1.0) == spending.read()
    with path.open("ab") as file:
        file.write(CALLS[1][30:])
    assert Spent(15, 0.25, 3.0) == spending.read() == spending.read()


def test_time_between_a_pause_and_its_end_is_not_counted(folder: Folder):
    resumed = line("experiment.resumed", 9000.0) + line("turn.started", 9001.0)
    folder.log("a").write_bytes(STARTED + CALLS[0] + resumed)
    assert 2.0 == Spending(folder, ["a"]).read().seconds


def test_what_a_branch_copied_was_paid_before(folder: Folder):
    copied = line("api.call.completed", 101.0, usage=USAGE, extra={"copied_from": "x"})
    folder.log("a").write_bytes(STARTED + copied)
    assert 0 == Spending(folder, ["a"]).read().tokens


def test_an_archive_counts_as_the_log_that_it_was(folder: Folder):
    spending = Spending(folder, ["a"])
    whole = STARTED + b"".join(CALLS)
    folder.log("a").write_bytes(whole)
    before = spending.read()
    folder.archive("a").write_bytes(gzip.compress(whole))
    folder.log("a").unlink()
    assert before == spending.read() == spending.read()


def test_a_log_that_was_cut_back_is_read_anew(folder: Folder):
    spending = Spending(folder, ["a"])
    folder.log("a").write_bytes(STARTED + b"".join(CALLS))
    spending.read()
    folder.log("a").write_bytes(STARTED)
    assert Spent() == spending.read()


def test_a_log_that_is_complete_is_looked_at_once(folder: Folder):
    spending = Spending(folder, ["a"])
    folder.log("a").write_bytes(STARTED + b"".join(CALLS) + line("experiment.completed", 105.0))
    before = spending.read()
    folder.log("a").unlink()
    assert before == spending.read() == Spent(30, 0.25, 5.0)


def test_a_call_that_will_be_tried_again_has_not_ended(folder: Folder):
    again = line("api.call.failed", 102.0, response=0, retry_in=0.5)
    folder.log("a").write_bytes(STARTED + CALLS[0] + again)
    spending = Spending(folder, ["a"])
    spending.read()
    log = spending.log("a")
    assert log is not None
    assert (log.started, log.ended) == ({0}, set())


@pytest.mark.parametrize(
    "odd",
    [
        b'{"type":"api.call.completed","experiment_id":"e","data":{"usage":"x","cost_usd":"y"}}\n',
        b'{"v":2,"type":"api.call.completed","experiment_id":"e","data":{"usage":{}}}\n',
        b'no JSON "type":"api.call. \n',
        b"\xff\xfe\n",
    ],
)
def test_odd_lines_cost_nothing(folder: Folder, odd: bytes):
    folder.log("a").write_bytes(STARTED + odd)
    assert 0 == Spending(folder, ["a"]).read().tokens
