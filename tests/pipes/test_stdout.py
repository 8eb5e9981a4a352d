"""stdout and its like closed, full or left: never a success with data lost, never a traceback."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess

import pytest

from tests.pipes.processes import (
    Home,
    ended,
    ended_between_responses,
    events_of,
    seal_in,
    seal_of,
    types_of,
)

COMMANDS = (
    "--version",
    "run --help",
    "run -t 2",
    "list",
    "tail exp_1",
    "--help",
    "run -t 1 --format text",
    "run -t 1 -r 2 -j 2 --format text",
    "run -t 1 --no-store",
    "list -f table",
    "tail --no-follow",
)
QUICK = 5

CLOSED = "pidgin: stdout is closed\n"
FULL = "pidgin: cannot write to stdout: No space left on device\n"
UNWRITABLE = "pidgin: cannot write to stdout: Bad file descriptor\n"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try the first few commands, or all where there is time for it."""
    if "any_command" in metafunc.fixturenames:
        full = metafunc.config.getoption("--full")
        metafunc.parametrize("any_command", COMMANDS if full else COMMANDS[:QUICK])


@pytest.fixture
def home(home: Home, one_turn: bytes) -> Home:
    """A home in which something can be tailed and listed."""
    home.write_log("exp_1", one_turn)
    return home


@pytest.mark.parametrize(
    ("redirection", "err"),
    [
        ("<&- >&-", CLOSED),
        (">/dev/full", FULL),
        ("1</dev/null", UNWRITABLE),
    ],
)
def test_a_stdout_that_takes_nothing_is_a_failure_told_in_one_line(
    home: Home, any_command: str, redirection: str, err: str
) -> None:
    outcome = home.shell(f"pidgin {any_command} {redirection}")
    assert (outcome.status, outcome.out, outcome.err) == (1, b"", err)


def test_a_failure_that_nobody_can_be_told_of_is_one_all_the_same(
    home: Home, any_command: str
) -> None:
    assert home.shell(f"pidgin {any_command} >&- 2>&-").status == 1


@pytest.mark.parametrize("redirection", ["<&- 2>&-", "2>/dev/full"])
def test_what_a_command_needs_no_stream_for_goes_well_without_it(
    home: Home, any_command: str, redirection: str
) -> None:
    outcome = home.shell(f"pidgin {any_command} {redirection}")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.endswith(b"\n")


@pytest.mark.parametrize("redirection", [">&-", "<&- >&-", "<&- >&- 2>&-", "2>&-", "<&- 2>&-"])
def test_no_log_takes_the_place_of_a_closed_stream(home: Home, redirection: str) -> None:
    outcome = home.shell(f"pidgin run -t 2 --id exp_2 {redirection}")
    # With stdout closed nothing is begun; otherwise the log is the log, to the last byte.
    log = home.logs().get("exp_2", b"")
    assert outcome.out == log
    if log:
        assert seal_in(log) == seal_of(log)


@pytest.mark.parametrize("redirection", [">/dev/full", "1</dev/null"])
def test_a_run_whose_stdout_is_full_pauses_so_that_it_can_be_resumed(
    home: Home, redirection: str
) -> None:
    home.shell(f"pidgin run -t 500 --id exp_2 {redirection}")
    log = home.logs()["exp_2"]
    assert ended_between_responses(log)
    assert seal_in(log) == seal_of(log)
    assert home.states()["exp_2"] == "paused"


@pytest.mark.parametrize("command", ["run -p -", "tail -", "check -", "replay -", "detect -"])
def test_a_stdin_that_is_closed_is_not_taken_for_an_empty_one(home: Home, command: str) -> None:
    before = home.everything()
    outcome = home.shell(f"pidgin {command} <&-")
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err == "pidgin: cannot read stdin: it is closed\n"
    assert home.everything() == before


def test_a_run_whose_reader_leaves_dies_of_the_pipe_and_can_be_resumed(home: Home) -> None:
    outcome = home.shell("pidgin run -t 500 --id exp_2 | head -5; exit ${PIPESTATUS[0]}")
    log = home.logs()["exp_2"]
    assert outcome.status == 128 + signal.SIGPIPE
    assert outcome.err == ""
    assert outcome.out == b"".join(line + b"\n" for line in log.split(b"\n")[:5])
    assert ended_between_responses(log)
    assert seal_in(log) == seal_of(log)
    assert events_of(log)[-2]["data"]["reason"] == "stdout_closed"
    assert home.states()["exp_2"] == "paused"


def test_a_run_whose_reader_leaves_is_killed_by_the_signal_itself(home: Home) -> None:
    with home.start("run", "-t", "500") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        assert (-signal.SIGPIPE, "") == (process.wait(60), ended(process).err)


@pytest.mark.parametrize("command", ["--help", "run --help", "list", "tail -n all --no-follow"])
def test_a_reader_that_left_before_anything_was_said_kills_quietly(
    home: Home, command: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    outcome = home.run(*command.split(), stdout=writing)
    os.close(writing)
    assert (outcome.status, outcome.err) == (-signal.SIGPIPE, "")


def test_many_experiments_whose_reader_leaves_are_all_paused(home: Home) -> None:
    outcome = home.shell("pidgin run -t 200 -r 8 -j 8 --id many | head -30; exit ${PIPESTATUS[0]}")
    logs = {name: log for name, log in home.logs().items() if name.startswith("many")}
    assert (outcome.status, outcome.err) == (141, "")
    assert len(logs) == 8
    for log in logs.values():
        assert ended_between_responses(log)
        assert seal_in(log) == seal_of(log)


def test_keep_going_goes_on_into_the_store_when_nobody_reads(home: Home) -> None:
    outcome = home.shell(
        "pidgin run -t 30 --id exp_2 --keep-going | head -1; exit ${PIPESTATUS[0]}"
    )
    log = home.logs()["exp_2"]
    assert (outcome.status, outcome.err) == (0, "")
    assert types_of(log)[-1] == "experiment.completed"
    assert types_of(log).count("turn.completed") == 30


def test_keep_going_into_a_full_file_is_no_success(home: Home) -> None:
    outcome = home.shell("pidgin run -t 3 --id exp_2 --keep-going >/dev/full")
    assert (outcome.status, outcome.err) == (1, FULL)
    assert types_of(home.logs()["exp_2"])[-1] == "experiment.completed"


def test_a_socket_as_stdout_gets_every_event(home: Home) -> None:
    import socket

    ours, theirs = socket.socketpair()
    with ours, theirs, home.start("run", "-t", "5", "--id", "exp_2", stdout=theirs) as process:
        theirs.close()
        out = b"".join(iter(lambda: ours.recv(1 << 16), b""))
        assert (ended(process).status, out) == (0, home.logs()["exp_2"])


def test_a_file_as_stdout_gets_every_event(home: Home) -> None:
    with (home.root / "copy").open("wb") as copy:
        assert home.run("run", "-t", "5", "--id", "exp_2", stdout=copy).status == 0
    assert (home.root / "copy").read_bytes() == home.logs()["exp_2"]


def test_a_slow_reader_gets_every_event(home: Home) -> None:
    out = b""
    with home.start("run", "-t", "40", "--id", "exp_2") as process:
        assert process.stdout is not None
        while block := process.stdout.read(3000):
            out += block
            if len(out) < 60_000:
                subprocess.run(["sleep", "0.01"], check=True)
    assert (process.returncode, out) == (0, home.logs()["exp_2"])


@pytest.mark.parametrize("packed", [False, True])
def test_what_comes_by_a_pipe_that_has_a_name_is_given_as_it_comes(
    home: Home, one_turn: bytes, packed: bool
) -> None:
    pipe = home.root / "log.jsonl"
    os.mkfifo(pipe)
    with home.start("replay", "./log.jsonl", "--speed", "max") as process:
        with pipe.open("wb", buffering=0) as stream:
            stream.write(gzip.compress(one_turn) if packed else one_turn)
            given = b"".join(process.stdout.readline() for _ in one_turn.splitlines())
        assert ended(process).told == (0, b"", "")
    assert given == one_turn
