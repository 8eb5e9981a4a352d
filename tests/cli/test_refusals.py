"""What cannot be done: one line, the right status, and nothing half made."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.pipes.processes import Home, Outcome


def refused(pidgin: Program, *arguments: str, input: bytes = b"") -> Outcome:
    """Run what is to be refused, and see that it left no trace and said it in one line."""
    before = pidgin.home.everything()
    outcome = pidgin(*arguments, input=input)
    assert pidgin.home.everything() == before
    assert outcome.out == b""
    assert outcome.err.startswith("pidgin: ")
    assert outcome.err.count("\n") == 1
    return outcome


@pytest.mark.parametrize(
    "experiment_id",
    [
        "../x",
        "/tmp/x",
        "a/b",
        "",
        ".",
        "..",
        ".hidden",
        "-x",
        "latest",
        "all",
        "x" * 129,
        "a b",
        "ä",
        "a\nb",
        "a\x1bb",
    ],
)
def test_an_id_that_is_no_name_of_a_file_is_refused(pidgin: Program, experiment_id: str) -> None:
    outcome = refused(pidgin, "run", f"--id={experiment_id}")
    assert outcome.status == 2
    assert "cannot be an experiment id" in outcome.err


def test_an_id_that_only_its_number_makes_too_long_is_refused(pidgin: Program) -> None:
    assert refused(pidgin, "run", "-r", "2", "--id", "x" * 127).status == 2


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ("run -a nope", 2, "no provider for the model 'nope'"),
        ("run -a sim:chaty", 2, "did you mean chatty?"),
        ("run -b nowhere:x", 2, "no provider for the model 'nowhere:x'"),
        ("run -b sim:chatty,pace=fast", 2, "pace is 'fast'"),
        ("run -a sim:script:missing", 2, "cannot read the script missing"),
        ("run --temperature-a 3", 2, "temperature is 3.0"),
        ("run --label nothing", 2, "--label 'nothing' is not KEY=VALUE"),
        ("run --label =x", 2, "--label '=x' is not KEY=VALUE"),
        ("run --seed 9223372036854775808", 2, "too large"),
        ("run --seed -1", 2, "--seed"),
        ("run -t 0", 2, "--turns"),
        ("run -r 0", 2, "--repeat"),
        ("run -j 0", 2, "--jobs"),
        ("run -p @missing", 2, "cannot read the prompt missing: No such file or directory"),
        ("run -p @folder", 2, "cannot read the prompt folder: Is a directory"),
        ("run -p @bad", 2, "the text of bad is not UTF-8: byte 1 is 0xff"),
        ("run --config missing", 2, "missing: No such file or directory"),
        ("run --config folder", 2, "folder: Is a directory"),
        ("run --config bad", 2, "bad:1: byte 0xff is not UTF-8"),
        ("run --config config", 2, "config:1"),
        ("list --study missing.yaml", 2, "no study 'missing.yaml': name its YAML file"),
        ("query search \udcff", 2, "an argument is not UTF-8: b'\\xff'"),
        ("run --data-dir bad/store", 1, "cannot make the folder of events"),
        ("run --no-store --keep-going", 2, "--keep-going"),
        ("run --format html", 2, "--format"),
        ("run --color sometimes", 2, "--color"),
        ("run .", 2, "the study '.' is a folder: name a YAML file"),
        ("run more", 2, "no study 'more': name a YAML file, or agents with -a and -b"),
        ("run -a ollama:", 2, "the model behind 'ollama:' is missing: 'pidgin models"),
        ("run --sed 3", 2, "--seed"),
        ("rnu", 2, "no command 'rnu'; did you mean run?"),
        ("zzz", 2, "no command 'zzz'; 'pidgin --help' lists them"),
        ("--verison", 2, "--version"),
        ("tail nope", 2, "no experiments in"),
        ("tail ./nope.jsonl", 2, "no such file: nope.jsonl"),
        ("tail -n x", 2, "-n 'x' is neither a number of events nor all"),
        ("tail -n ²", 2, "-n '²' is neither a number of events nor all"),
        ("tail --folow", 2, "--follow"),
        ("tail latest", 2, "no experiments in"),
        ("tail group:x", 2, "no experiment of group 'x'"),
        ("list --state done", 2, "no state 'done'"),
        ("list --state complete", 2, "did you mean completed?"),
        ("list -f html", 2, "--format"),
        ("list --stat x", 2, "--state"),
    ],
)
def test_what_was_mistyped_is_refused(
    pidgin: Program, home: Home, arguments: str, status: int, words: str
) -> None:
    (home.root / "folder").mkdir()
    (home.root / "bad").write_bytes(b"a\xff")
    (home.root / "config").write_text("evnets: {}\n")
    outcome = refused(pidgin, *arguments.split())
    assert outcome.status == status
    assert words in outcome.err


def test_a_study_without_a_name_is_refused(pidgin: Program) -> None:
    outcome = refused(pidgin, "run", "")
    assert outcome == Outcome(
        2, b"", "pidgin: the name of the study is empty: is a variable not set?\n"
    )


def test_bad_yaml_is_refused(pidgin: Program, home: Home) -> None:
    (home.root / "pidgin.yaml").write_text("events: [\n")
    outcome = refused(pidgin, "run")
    assert outcome.status == 2
    assert outcome.err.startswith("pidgin: pidgin.yaml:2:1: bad YAML")


def test_a_prompt_on_stdin_that_is_not_utf_8_is_refused(pidgin: Program) -> None:
    outcome = refused(pidgin, "run", "-p", "-", input=b"Hi \xff")
    assert outcome.status == 2
    assert outcome.err == "pidgin: the text of stdin is not UTF-8: byte 3 is 0xff\n"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("replay none.jsonl --max-ratio nan", "--max-ratio nan is not a finite number"),
        ("query summary --timeout inf", "--timeout inf is not a finite number"),
        ("run --max-cost -inf", "--max-cost -inf is not a finite number"),
        (
            f"run --max-tokens-a {2**63}",
            f"Invalid value for '--max-tokens-a': {2**63} is not in the range 1<=x<={2**63 - 1}; "
            "try 'pidgin run --help'",
        ),
    ],
)
def test_a_number_that_nothing_can_reckon_with_is_refused(
    pidgin: Program, command: str, said: str
) -> None:
    outcome = refused(pidgin, *command.split())
    assert (2, f"pidgin: {said}\n") == (outcome.status, outcome.err)


@pytest.mark.parametrize("option", ["--prompt", "--id", "--group", "--label", "--system-a"])
def test_what_was_typed_and_is_not_utf_8_is_refused(pidgin: Program, option: str) -> None:
    outcome = refused(pidgin, "run", option, "x=\udcff")
    assert outcome.status == 2
    assert outcome.err == f"pidgin: {option} is not UTF-8: b'x=\\xff'\n"


@pytest.mark.parametrize("command", ["run", "list", "tail --no-follow"])
def test_without_a_home_it_says_what_to_set(
    pidgin: Program, command: str, monkeypatch: pytest.MonkeyPatch, nobody: None
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("PIDGIN_DATA_DIR")
    outcome = refused(pidgin, *command.split())
    assert outcome.status == 2
    assert "HOME is not set" in outcome.err


def test_without_home_in_the_environment_the_store_is_that_of_the_account(
    pidgin: Program,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    account: Callable[[Path], None],
) -> None:
    account(home.root / "account")
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("PIDGIN_DATA_DIR")
    outcome = pidgin("run", "-t", "1", "-q")
    assert (outcome.status, outcome.err) == (0, "")
    folder = home.root / "account" / ".pidgin_data" / "events"
    assert len(list(folder.glob("*.events.jsonl.gz"))) == 1


def test_without_a_home_a_folder_that_was_named_is_enough(home: Home) -> None:
    environ = {k: v for k, v in home.environ.items() if k not in ("HOME", "PIDGIN_DATA_DIR")}
    outcome = home.run("run", "-t", "1", "--data-dir", "here", env=environ)
    assert (outcome.status, outcome.err) == (0, "")
    assert len(list((home.root / "here").glob("*.events.jsonl.gz"))) == 1


@pytest.mark.parametrize("command", ["run", "list", "tail --no-follow"])
def test_a_folder_below_a_file_is_refused(pidgin: Program, home: Home, command: str) -> None:
    (home.root / "file").write_text("")
    outcome = refused(pidgin, *command.split(), "--data-dir", "file/store")
    assert outcome.status == 1


@pytest.mark.parametrize("there", [True, False])
def test_a_log_that_is_a_link_is_not_written_through(
    pidgin: Program, home: Home, one_turn: bytes, there: bool
) -> None:
    elsewhere = home.root / "elsewhere"
    if there:
        elsewhere.write_bytes(one_turn)
    home.store.mkdir()
    home.log("exp_1").symlink_to(elsewhere)
    assert refused(pidgin, "run", "--id", "exp_1").status == 2
    assert elsewhere.exists() == there
    assert not there or elsewhere.read_bytes() == one_turn


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize(
    "command",
    [
        "transcript ./log.jsonl --force -o",
        "export ./log.jsonl -f csv --force -o",
        "export ./log.jsonl -f parquet --force -o",
        "export ./log.jsonl -f parquet --partition-by agent_id --force -o",
        "redact ./log.jsonl --pattern hello --force --report",
        "tail ./log.jsonl --no-follow --cursor-file",
        "config init --force -o",
        "index --db",
        "index - --db",
    ],
)
def test_a_file_that_was_named_is_not_written_by_a_link(
    pidgin: Program, home: Home, one_turn: bytes, command: str, there: bool
) -> None:
    (home.root / "log.jsonl").write_bytes(one_turn)
    link, elsewhere = home.root / "link", home.root / "elsewhere"
    link.symlink_to(elsewhere)
    if there:
        elsewhere.write_bytes(b"")
    outcome = refused(pidgin, *command.split(), "link")
    said = "pidgin: link is a symbolic link and stays; give the name of the file itself\n"
    assert (outcome.status, outcome.err) == (2, said)
    assert link.is_symlink()
    assert not there or elsewhere.read_bytes() == b""


@pytest.mark.parametrize(
    "command",
    [
        "transcript ./log.jsonl --force -o log.jsonl",
        "transcript - --force -o log.jsonl",
        "transcript ./other/log.jsonl --force -o log.jsonl",
        "export ./log.jsonl -f csv --force -o ./log.jsonl",
        "export ./log.jsonl -f messages --as agent_a --force -o ./log.jsonl",
        "redact ./log.jsonl --pattern hello --force --report log.jsonl",
    ],
)
def test_no_log_is_replaced_by_what_is_made_of_it(
    pidgin: Program, home: Home, one_turn: bytes, command: str
) -> None:
    log = home.root / "log.jsonl"
    log.write_bytes(one_turn)
    (home.root / "other").mkdir()
    (home.root / "other" / "log.jsonl").hardlink_to(log)
    before = home.everything()
    with log.open("rb") as stdin:
        outcome = home.run(*command.split(), stdin=stdin)
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err.endswith("log.jsonl is what is read, and stays; give another name\n")
    assert (log.read_bytes(), home.everything()) == (one_turn, before)


def test_no_file_is_made_that_is_called_like_stdout(
    pidgin: Program, home: Home, one_turn: bytes
) -> None:
    (home.root / "log.jsonl").write_bytes(one_turn)
    outcome = refused(pidgin, "redact", "log.jsonl", "--report", "-")
    said = "pidgin: - is no name for a file: give another, or leave the option out\n"
    assert (outcome.status, outcome.err) == (2, said)


def test_a_folder_is_no_log(pidgin: Program, home: Home) -> None:
    (home.root / "logs").mkdir()
    outcome = refused(pidgin, "transcript", "./logs/")
    assert (outcome.status, outcome.err) == (
        2,
        "pidgin: logs is a folder: name a log in it, or --data-dir logs and all\n",
    )


def test_a_database_that_is_none_is_not_said_to_be_damaged(pidgin: Program, home: Home) -> None:
    (home.root / "f.db").write_text("no database, and longer than a header of one would be" * 9)
    outcome = refused(pidgin, "query", "--db", "f.db", "summary")
    assert (outcome.status, outcome.err) == (2, "pidgin: f.db is no index of pidgin\n")


def test_more_turns_than_anybody_means_are_refused(pidgin: Program) -> None:
    outcome = refused(pidgin, "run", "-t", "99999999999999999999", "--no-store")
    assert outcome.status == 2
    assert "'--turns' / '-t': 99999999999999999999 is not in the range 1<=x<=1000000" in outcome.err


def test_what_is_made_is_for_its_owner_alone(pidgin: Program, home: Home) -> None:
    home.shell("umask 0; pidgin run -t 1 --id exp_1 --data-dir new/store")
    made = home.root / "new" / "store"

    def mode(path: Path) -> int:
        return path.stat().st_mode & 0o777

    assert (mode(made.parent), mode(made)) == (0o700, 0o700)
    assert mode(made / "exp_1.events.jsonl.gz") == 0o600


@pytest.mark.parametrize("command", ["list", "prune --older-than 0s --force", "run"])
def test_a_folder_without_a_name_is_not_the_one_where_the_process_stands(
    pidgin: Program, command: str
) -> None:
    outcome = pidgin(*command.split(), "--data-dir", "")
    assert (outcome.status, outcome.out) == (2, b"")
    assert "--data-dir is empty: is a variable not set?" in outcome.err
