"""`pidgin export`: every option makes a difference, and it is the one that it says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import orjson
import pyarrow.parquet
import pytest

from pidgin_cli.cli.commands.export import ExportOptions
from pidgin_cli.tables.catalogue import TABLES
from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import PATIENCE, Outcome
from tests.views.logs import log


@dataclass(frozen=True)
class Difference:
    """What is seen of an export without an option, and with it."""

    given: Sequence[str]
    look: Callable[[Outcome], Any]
    without: Any
    with_it: Any
    among: Sequence[str] = ("./complete.jsonl",)


def lines(outcome: Outcome) -> int:
    return outcome.out.count(b"\n")


def columns(outcome: Outcome) -> int:
    return len(orjson.loads(outcome.out.split(b"\n")[0]))


def status(outcome: Outcome) -> int:
    return outcome.status


def is_a_folder(outcome: Outcome) -> bool:
    """Say what was made, and make room for another one."""
    path = Path("new")
    if path.is_dir():
        return True
    path.unlink()
    return False


DIFFERENCES = {
    "--config": Difference(["--config", "elsewhere.yaml"], lines, 15, 0, ("all",)),
    "--data-dir": Difference(["--data-dir", "other"], lines, 15, 0, ("all",)),
    "--sources-from": Difference(["--sources-from", "names"], lines, 35, 50),
    "--output": Difference(["--output", "new.csv"], lines, 35, 0),
    "--force": Difference(
        ["--force"], status, 2, 0, ("./complete.jsonl", "-o", "names", "-f", "csv")
    ),
    "--type": Difference(["--type", "attractor.*"], lines, 35, 1),
    "--agent": Difference(["--agent", "agent_a"], lines, 35, 13),
    "--turn": Difference(["--turn", "1"], lines, 35, 19),
    "--since": Difference(["--since", "2009-02-13T23:31:34Z"], lines, 35, 19),
    "--until": Difference(["--until", "1234567892"], lines, 35, 8),
    "--format": Difference(["--format", "csv"], lambda outcome: outcome.out[:2], b'{"', b"ex"),
    "--table": Difference(["--table", "messages"], lines, 35, 4),
    "--partition-by": Difference(
        ["--partition-by", "agent_id"],
        is_a_folder,
        False,
        True,
        ("./complete.jsonl", "-o", "new", "-f", "parquet"),
    ),
    "--label": Difference(["--label", "later"], columns, 11, 12),
    "--as": Difference(["--as", "agent_a"], status, 2, 0, ("./complete.jsonl", "-f", "messages")),
    "--raw": Difference(
        ["--raw"],
        lambda outcome: b"'=1" in outcome.out,
        True,
        False,
        ("./formula.jsonl", "-f", "csv", "--table", "messages"),
    ),
}
# It has nothing to say but errors; scripts may pass it to every command all the same.
WITHOUT_EFFECT = {"--quiet"}


@pytest.fixture
def logs(pidgin: Program) -> Program:
    (pidgin.root / "complete.jsonl").write_bytes(log("complete"))
    (pidgin.root / "formula.jsonl").write_bytes(log("paused").replace(b'"One."', b'"=1+1"'))
    (pidgin.root / "names").write_text("exp_paused\n")
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    pidgin.home.write_log("exp_paused", log("paused"))
    return pidgin


@pytest.mark.parametrize("option", sorted(set(options_of("export")) - WITHOUT_EFFECT))
def test_an_option_makes_the_difference_that_it_names(
    logs: Program, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = DIFFERENCES[option]
    if option in ("--config", "--data-dir"):
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
        (logs.root / ".pidgin_data").mkdir()
        logs.home.store.rename(logs.root / ".pidgin_data" / "events")
    seen = []
    for more in ((), case.given):
        seen.append(case.look(logs("export", *case.among, *more)))
    assert seen == [case.without, case.with_it]


def test_every_table_of_the_catalogue_can_be_exported() -> None:
    hint = get_type_hints(ExportOptions, include_extras=True)["table"]
    assert sorted(TABLES) == sorted(get_args(hint.__origin__))


def test_parquet_on_stdout_is_a_file_of_its_own(logs: Program, tmp_path: Path) -> None:
    outcome = logs("export", "./complete.jsonl", "-f", "parquet", "--table", "turns")
    path = tmp_path / "t.parquet"
    path.write_bytes(outcome.out)
    assert pyarrow.parquet.read_table(path).column("label_tone").to_pylist() == ["calm", "calm"]


def test_the_name_of_the_file_says_its_format(logs: Program) -> None:
    for name in ("a.parquet", "a.csv", "a.jsonl"):
        assert logs("export", "./complete.jsonl", "-o", name).status == 0
    starts = [(logs.root / name).read_bytes()[:4] for name in ("a.parquet", "a.csv", "a.jsonl")]
    assert starts == [b"PAR1", b"expe", b'{"ex']


def test_a_folder_is_divided_by_labels_as_well(logs: Program) -> None:
    arguments = ("--table", "turns", "--partition-by", "label_tone", "-o", "folder")
    assert logs("export", "./complete.jsonl", "exp_paused", *arguments).status == 0
    names = sorted(each.name for each in (logs.root / "folder").iterdir())
    assert names == ["label_tone=__HIVE_DEFAULT_PARTITION__", "label_tone=calm"]


def test_a_hostile_experiment_id_makes_no_folder_elsewhere(logs: Program) -> None:
    ids = ("../../x", "/tmp/x", "..", "a/b", "a\\u0000b")
    line = '{"type":"turn.started","experiment_id":"%s","data":{}}\n'
    stream = "".join(line % each for each in ids).encode()
    before = set(logs.home.everything())
    partitioned = ("--partition-by", "experiment_id", "-o", "folder")
    assert logs("export", "-", *partitioned, input=stream).status == 0
    made = {path for path in set(logs.home.everything()) - before if path.endswith(".parquet")}
    names = ("%2E%2E%2F%2E%2E%2Fx", "%2Ftmp%2Fx", "%2E%2E", "a%2Fb", "a%00b")
    assert made == {f"folder/experiment_id={name}/part-0.parquet" for name in names}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--table", "turns", "--agent", "agent_a"), "rows of turns have no agent_id"),
        (("--partition-by", "agent"), "no column 'agent'; did you mean agent_id?"),
        (("--partition-by", "agent_id"), "name it with -o FOLDER"),
        (("--partition-by", "agent_id", "-f", "csv", "-o", "x"), "a folder of Parquet files"),
        (("-f", "messages"), "name it, as in --as agent_a"),
        (("-f", "messages", "--as", "agent_a", "--turn", "1"), "whole conversations"),
        (("--as", "agent_a"), "--as is for -f messages"),
    ],
)
def test_what_does_not_fit_is_refused(logs: Program, arguments: Sequence[str], words: str) -> None:
    outcome = logs("export", "./complete.jsonl", *arguments)
    assert (outcome.status, outcome.out) == (2, b"")
    assert words in outcome.err


def test_parquet_is_refused_on_a_terminal(logs: Program) -> None:
    controller, terminal = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pidgin_cli", "export", "./complete.jsonl", "-f", "parquet"],
            env=logs.home.environ,
            cwd=logs.root,
            stdout=terminal,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
    finally:
        os.close(terminal)
        os.close(controller)
    assert done.returncode == 2
    assert b"Parquet is nothing for a terminal" in done.stderr


@pytest.mark.parametrize("form", ["csv", "jsonl", "messages"])
def test_nothing_that_was_said_acts_on_a_terminal(logs: Program, form: str) -> None:
    (logs.root / "hostile.jsonl").write_bytes(log("hostile"))
    arguments = ["./hostile.jsonl", "-f", form]
    arguments += ["--as", "agent_b"] if form == "messages" else ["--table", "messages"]
    controller, terminal = os.openpty()
    with logs.home.start("export", *arguments, stdout=terminal) as process:
        os.close(terminal)
        seen = b""
        try:
            while block := os.read(controller, 4096):
                seen += block
        except OSError:
            # That is how a terminal ends.
            os.close(controller)
        assert process.wait(PATIENCE) == 0
    text = seen.decode().replace("\r\n", "\n")
    assert "── turn 5 ──" in text
    assert set() == {each for each in text if each < " " or "\x7f" <= each < "\xa0"} - {"\n"}
    assert "\u202e" not in text


def test_a_label_that_comes_too_late_is_told_of(logs: Program) -> None:
    stream = log("paused") + log("complete")
    outcome = logs("export", "-", "--table", "turns", input=stream)
    assert outcome.err == "pidgin: labels that have no column: tone; --label NAME makes one\n"
    told = logs("export", "-", "--table", "turns", "--label", "tone", input=stream)
    assert (told.err, told.out.count(b'"label_tone":"calm"')) == ("", 2)


def test_rows_of_a_live_stream_come_at_once(logs: Program) -> None:
    arguments = ("export", "-", "-f", "csv", "--table", "messages")
    with logs.home.start(*arguments, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n".join(log("paused").split(b"\n")[:7]) + b"\n")
        seen = b""
        while b"One." not in seen:
            seen += process.stdout.read(4096)
        process.stdin.close()
        process.wait(PATIENCE)


def test_the_same_bytes_come_in_every_time_zone_and_locale(logs: Program) -> None:
    home = logs.home
    given = []
    for zone, locale in (("UTC", "C"), ("Pacific/Auckland", "de_DE.UTF-8")):
        home.environ.update(TZ=zone, LC_ALL=locale, LANG=locale)
        given.append(home.run("export", "./complete.jsonl", "-f", "csv").out)
    assert given == given[:1] * 2


EACH = [
    *(("-f", "csv", "--table", table) for table in TABLES),
    ("-f", "jsonl", "--table", "messages"),
    ("-f", "csv", "--turn", "1", "--label", "topic"),
    ("-f", "messages", "--as", "agent_b"),
    ("-f", "parquet"),
]


@pytest.mark.parametrize("arguments", EACH, ids=" ".join)
def test_logs_that_are_shared_among_processes_give_the_same(
    logs: Program, arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = log("resumed").splitlines(keepends=True)
    (logs.root / "a.jsonl").write_bytes(b"bad\n" + b"".join(lines[:9]))
    (logs.root / "b.jsonl").write_bytes(log("failed") + b"bad again\n")
    (logs.root / "c.jsonl").write_bytes(b"worse\n" + b"".join(lines[9:]))
    names = ("./complete.jsonl", "./a.jsonl", "./b.jsonl")
    # In the second case an experiment goes on in a later log.
    for sources in (names, (*names, "./c.jsonl", "exp_paused")):
        monkeypatch.setattr("pidgin_cli.cli.abreast._MUCH", 1 << 40)
        alone = logs("export", *sources, *arguments)
        monkeypatch.setattr("pidgin_cli.cli.abreast._MUCH", 1)
        assert logs("export", *sources, *arguments) == alone
        assert (alone.status, "b.jsonl: line" in alone.err) == (3, True)


def test_an_agent_that_nobody_knows_is_an_error_that_names_those_there_are(logs: Program) -> None:
    outcome = logs("export", "./complete.jsonl", "-f", "messages", "--as", "agent_z", "-o", "new")
    words = "no agent 'agent_z' in any experiment: there are agent_a, agent_b"
    assert (2, f"pidgin: {words}\n") == (outcome.status, outcome.err)
    assert not (logs.root / "new").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--raw",), "--raw is for -f csv: no other format changes texts"),
        (("--raw", "-f", "parquet"), "--raw is for -f csv: no other format changes texts"),
        (
            ("--raw", "-f", "messages", "--as", "agent_a"),
            "--raw is for -f csv: no other format changes texts",
        ),
        (("--force",), "--force is for -o FILE: nothing else could be replaced"),
    ],
)
def test_an_option_without_effect_is_refused(
    logs: Program, arguments: Sequence[str], words: str
) -> None:
    outcome = logs("export", "./complete.jsonl", *arguments)
    assert (2, f"pidgin: {words}\n", b"") == (outcome.status, outcome.err, outcome.out)
