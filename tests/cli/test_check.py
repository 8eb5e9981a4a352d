"""`pidgin check`: findings as rows, a summary, and a status; every option makes its difference."""

from __future__ import annotations

import gzip
from collections.abc import Sequence

import orjson
import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Outcome

OPTIONS: dict[str, Sequence[str]] = {
    "--config": ["--config", "elsewhere.yaml"],
    "--data-dir": ["--data-dir", "other"],
    "--quiet": ["--quiet"],
    "--sources-from": ["--sources-from", "names"],
    "--format": ["--format", "text"],
}


@pytest.fixture
def store(pidgin: Program, one_turn: bytes) -> bytes:
    pidgin.home.write_log("exp_1", one_turn)
    changed = one_turn.replace(b"exp_1", b"exp_2").replace(b'"attempt":1', b'"attempt":9', 1)
    pidgin.home.write_log("exp_2", changed)
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    (pidgin.root / "names").write_text("exp_1\n")
    return one_turn


@pytest.mark.parametrize("option", sorted(set(options_of("check"))))
def test_an_option_makes_a_difference(
    pidgin: Program, store: bytes, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An option that is new and has no row here fails.
    without = pidgin("check")
    if option == "--config":
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
    assert without != pidgin("check", *OPTIONS[option])


def test_findings_are_rows_with_their_place_and_the_summary_is_on_stderr(
    pidgin: Program, store: bytes
) -> None:
    outcome = pidgin("check")
    log = pidgin.home.log("exp_2").read_bytes()
    assert [orjson.loads(line) for line in outcome.out.splitlines()] == [
        {
            "source": "exp_2",
            "path": str(pidgin.home.log("exp_2")),
            "check": "digest",
            "line": 41,
            "byte": log.rstrip(b"\n").rfind(b"\n") + 1,
            "id": orjson.loads(log.splitlines()[-1])["id"],
            "reason": "the lines before it are not those that stood there when it was written",
        }
    ]
    assert (outcome.status, outcome.err) == (
        1,
        "pidgin: 2 logs checked, 1 finding in 1 log\n",
    )


def test_sound_logs_are_status_0(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("check", "exp_1")
    assert (outcome.status, outcome.out, outcome.err) == (0, b"", "pidgin: 1 log checked, sound\n")


def test_findings_can_be_read(pidgin: Program, store: bytes) -> None:
    pidgin.home.write_log("exp_3", b'{"type":"\x1b","experiment_id":5}\n')
    outcome = pidgin("check", "exp_3", "--format", "text")
    assert outcome.out.startswith(b"exp_3: line 1, byte 0: line: not JSON: ")
    assert 1 == outcome.out.count(b"\n")


def test_archives_are_checked_and_damage_is_a_finding(pidgin: Program, store: bytes) -> None:
    archive = pidgin.home.store / "exp_1.events.jsonl.gz"
    pidgin.home.log("exp_1").unlink()
    archive.write_bytes(gzip.compress(store))
    assert 0 == pidgin("check", "exp_1").status
    archive.write_bytes(gzip.compress(store)[:-300])
    outcome = pidgin("check", "exp_1")
    checks = [orjson.loads(line)["check"] for line in outcome.out.splitlines()]
    assert (outcome.status, checks) == (1, ["archive"])


def test_a_damaged_archive_on_stdin_is_a_finding(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("check", "-", input=gzip.compress(store)[:-300])
    checks = [orjson.loads(line)["check"] for line in outcome.out.splitlines()]
    assert (outcome.status, checks) == (1, ["archive"])


def test_what_cannot_be_looked_into_is_status_2(pidgin: Program, store: bytes) -> None:
    (pidgin.root / "bomb.gz").write_bytes(gzip.compress(b"x" * 70_000_000))
    outcome = pidgin("check", "./bomb.gz", "exp_1")
    assert (outcome.status, outcome.out) == (2, b"")
    assert "refused: it unpacks to more than" in outcome.err
    assert outcome.err.endswith("pidgin: 2 logs checked, sound, 1 could not be read\n")
    assert 2 == pidgin("check", "nowhere").status


def test_a_stream_is_checked_without_what_only_a_whole_log_has(
    pidgin: Program, store: bytes
) -> None:
    part = b"".join(store.splitlines(keepends=True)[5:20])
    assert 0 == pidgin("check", "-", input=part).status
    assert 1 == pidgin("check", "-", input=part + b"rubbish\n").status


def test_findings_without_an_end_are_cut(pidgin: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pidgin_cli.cli.checking.MOST", 5)
    pidgin.home.write_log("exp_3", b"rubbish\n" * 100)
    outcome: Outcome = pidgin("check", "exp_3")
    checks = [orjson.loads(line)["check"] for line in outcome.out.splitlines()]
    assert ["line"] * 5 + ["more"] == checks


def test_logs_are_checked_at_the_same_time_and_told_in_their_order(
    pidgin: Program, store: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        pidgin.home.write_log(f"bad_{number:02}", b"rubbish\n" * (1 + 200 * (number % 2)))
    sources = [orjson.loads(line)["source"] for line in pidgin("check", "all").out.splitlines()]
    assert sorted(sources) == sources
    assert 21 == len(set(sources))
