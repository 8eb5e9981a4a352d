from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from pidgin_cli.cli.diagnosis.store import clock
from pidgin_cli.store.folder import Folder
from tests.cli.conftest import Program


def found(pidgin: Program, *arguments: str) -> tuple[int, dict[str, tuple[str, str, str]]]:
    """Give the status, and of each thing the gravest that was found."""
    outcome = pidgin("doctor", "--format", "jsonl", *arguments)
    assert outcome.err == ""
    rows = [orjson.loads(line) for line in outcome.out.splitlines()]
    order = ("ok", "note", "warning", "problem")
    rows.sort(key=lambda row: order.index(row["level"]))
    return outcome.status, {
        row["check"]: (row["level"], row["detail"], row["advice"]) for row in rows
    }


def test_where_all_is_well_nothing_has_to_be_done(pidgin: Program) -> None:
    pidgin.events("-t", "1")
    status, findings = found(pidgin)
    assert status == 0
    for check in ("program", "configuration", "disk", "store", "locks", "experiments", "clock"):
        assert findings[check][0] == "ok", check


@pytest.mark.parametrize(
    ("form", "begin"),
    [("json", b'[{"check":"program"'), ("csv", b"check,level,detail,advice\nprogram,ok,")],
)
def test_findings_come_in_the_format_that_was_asked_for(
    pidgin: Program, form: str, begin: bytes
) -> None:
    assert pidgin("doctor", "--format", form).out.startswith(begin)


def test_a_store_that_is_not_there_yet_is_no_fault(pidgin: Program) -> None:
    status, findings = found(pidgin)
    assert (status, findings["store"][0]) == (0, "note")
    assert not pidgin.home.store.exists()


def test_a_configuration_that_is_wrong_is_told_with_its_place(pidgin: Program) -> None:
    (pidgin.root / "pidgin.yaml").write_text("nonsense: 5\n")
    status, findings = found(pidgin)
    assert (status, findings["configuration"][0]) == (1, "problem")
    assert "pidgin.yaml:1" in findings["configuration"][1]


def test_a_crashed_experiment_is_told_with_how_it_goes_on(pidgin: Program, one_turn: bytes) -> None:
    pidgin.home.write_log("exp_1", b"".join(one_turn.splitlines(keepends=True)[:5]))
    (pidgin.home.store / "exp_1.torn").touch()
    status, findings = found(pidgin)
    assert status == 1
    assert findings["experiments"] == (
        "warning",
        "crashed: exp_1",
        "pidgin run --resume exp_1",
    )
    assert findings["torn lines"][0] == "note"


def test_a_store_that_others_can_read_is_told(pidgin: Program) -> None:
    pidgin.events("-t", "1")
    pidgin.home.store.chmod(0o755)
    status, findings = found(pidgin)
    assert (status, findings["store"][0]) == (1, "warning")
    assert findings["store"][2] == f"chmod 700 {pidgin.home.store}"


def test_a_disk_that_is_nearly_full_is_told(pidgin: Program) -> None:
    (pidgin.root / "pidgin.yaml").write_text("events: {storage: {min_free: 999TB}}\n")
    status, findings = found(pidgin)
    assert (status, findings["disk"][0]) == (1, "problem")


def test_an_index_is_told_of_whether_it_is_there_sound_or_damaged(pidgin: Program) -> None:
    assert found(pidgin)[1]["index"][0] == "note"
    pidgin.events("-t", "1")
    assert found(pidgin)[1]["index"][0] == "ok"
    database = pidgin.home.store / "index.db"
    database.write_bytes(b"no database at all, however long" * 1000)
    status, findings = found(pidgin)
    assert (status, findings["index"][0]) == (1, "warning")
    assert findings["index"][2] == "'pidgin index' makes it again"
    assert database.read_bytes().startswith(b"no database")


def test_keys_are_told_of_and_never_shown(pidgin: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary-canary")
    monkeypatch.setenv("XAI_API_KEY", "canary canary")
    outcome = pidgin("doctor", "--format", "jsonl")
    assert b"canary" not in outcome.out
    status, findings = found(pidgin)
    assert status == 1
    assert findings["key of openai"][0] == "ok"
    assert findings["key of xai"][0] == "problem"
    assert findings["key of ollama"][1] == "none is needed"


def test_a_person_is_shown_a_table(pidgin: Program) -> None:
    assert pidgin("doctor", "--format", "table").out.startswith(b"check ")


def test_a_clock_that_is_wrong_is_told(tmp_path: Path) -> None:
    levels = [finding.level for finding in clock(Folder(tmp_path), lambda: 0.0)]
    log = tmp_path / "exp_1.events.jsonl"
    log.touch()
    os.utime(log, (1_900_000_000, 1_900_000_000))
    for now in (1_800_000_000.0, 1_900_000_000.0):
        levels += [finding.level for finding in clock(Folder(tmp_path), lambda: now)]  # noqa: B023
    assert levels == ["problem", "warning", "ok"]


def test_what_is_no_log_does_not_keep_it_from_looking(pidgin: Program) -> None:
    pidgin.events("-t", "1")
    (pidgin.home.store / "dangling.events.jsonl").symlink_to("nowhere")
    assert found(pidgin)[0] == 0


def test_a_store_that_cannot_be_made_is_a_problem(pidgin: Program) -> None:
    (pidgin.root / "notes").touch()
    status, findings = found(pidgin, "--data-dir", str(pidgin.root / "notes" / "events"))
    assert (status, findings["store"][0]) == (1, "problem")
    assert findings["store"][1].endswith("notes cannot be written")


def test_a_person_is_told_what_to_do_however_narrow_the_terminal_is(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    lines = pidgin("doctor", "--format", "table").out.decode().splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("key of openai"))
    assert lines[first : first + 2] == [
        "key of openai     note   not set → to use it, set",
        "                         OPENAI_API_KEY",
    ]
