"""The edge of the program: help, statuses, and what is said in one line."""

from __future__ import annotations

import gc
import os
import signal
import time

import pytest

from pidgin_cli.cli import boundary
from pidgin_cli.cli.boundary import DiedOfSignal, cleaned_up
from pidgin_cli.errors import ExitStatus, LockedError, PidginError, UsageError
from pidgin_cli.version import VERSION
from tests.cli.conftest import Program
from tests.cli.options import command_names, options_of


def test_the_version_is_the_same_by_the_short_way_and_the_long_one(pidgin: Program) -> None:
    version = f"pidgin {VERSION}\n".encode()
    assert pidgin("--version").out == version
    short = pidgin.home.run("--version")
    assert (short.status, short.out, short.err) == (0, version, "")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(pidgin: Program, flag: str) -> None:
    outcome = pidgin(flag)
    assert (outcome.status, outcome.err) == (0, "")
    for name in command_names():
        assert f"\n  {name} " in outcome.out.decode()


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("command", command_names())
def test_help_of_a_command_names_every_option(pidgin: Program, command: str, flag: str) -> None:
    outcome = pidgin(command, flag)
    assert (outcome.status, outcome.err) == (0, "")
    for option in [*options_of(command), "--help"]:
        assert option in outcome.out.decode()


def test_without_a_command_usage_is_shown(pidgin: Program) -> None:
    outcome = pidgin()
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err.startswith("Usage: pidgin [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (["rnu"], "no command 'rnu'; did you mean run? 'pidgin --help' lists them"),
        (["TAIL"], "no command 'TAIL'; did you mean tail? 'pidgin --help' lists them"),
        (["zzz"], "no command 'zzz'; 'pidgin --help' lists them"),
        (
            ["--versoin"],
            "no option --versoin; did you mean --version? 'pidgin --help' lists them",
        ),
        (
            ["run", "--sede", "2"],
            "no option --sede; did you mean --seed or --seed-a or --seed-b? "
            "'pidgin run --help' lists them",
        ),
        (["run", "-t"], "Option '-t' requires an argument; try 'pidgin run --help'"),
        (
            ["run", "-t", "x"],
            "Invalid value for '--turns' / '-t': 'x' is not a whole number; "
            "try 'pidgin run --help'",
        ),
        (
            ["query", "--timeout", "x", "cost"],
            "Invalid value for '--timeout': 'x' is not a number; try 'pidgin query --help'",
        ),
        (["list", "more"], "Got unexpected extra argument(s) (more); try 'pidgin list --help'"),
    ],
)
def test_what_is_not_known_is_told_with_what_may_be_meant(
    pidgin: Program, arguments: list[str], err: str
) -> None:
    outcome = pidgin(*arguments)
    assert (outcome.status, outcome.out, outcome.err) == (2, b"", f"pidgin: {err}\n")


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (
            ["--data-dir", "my logs", "list", "-f", "ids"],
            "--data-dir belongs after the command: pidgin list --data-dir 'my logs' -f ids",
        ),
        (
            ["--data-dir=D", "list"],
            "--data-dir belongs after the command: pidgin list --data-dir=D",
        ),
        (["-q", "check", "latest"], "-q belongs after the command: pidgin check -q latest"),
        (["--no-follow", "tail"], "--no-follow belongs after the command: pidgin tail --no-follow"),
        (["--colour", "tail"], "no option --colour; 'pidgin tail --help' lists them"),
        (["--data-dir", "D"], "no option --data-dir; 'pidgin --help' lists them"),
    ],
)
def test_an_option_before_the_command_is_told_where_it_belongs(
    pidgin: Program, arguments: list[str], err: str
) -> None:
    outcome = pidgin(*arguments)
    assert (outcome.status, outcome.out, outcome.err) == (2, b"", f"pidgin: {err}\n")


def test_an_id_with_a_nul_in_it_is_refused_and_nothing_is_made(pidgin: Program) -> None:
    outcome = pidgin("run", "--id", "a\0b")
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err.startswith(r"pidgin: 'a\x00b' cannot be an experiment id")
    assert pidgin.home.everything() == []


@pytest.mark.parametrize("command", ["run", "list", "tail"])
def test_a_folder_with_a_nul_in_its_name_is_refused(
    pidgin: Program, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIDGIN_DATA_DIR")
    (pidgin.root / "nul.yaml").write_text('events: {storage: {data_dir: "a\\0b"}}\n')
    outcome = pidgin(command, "--config", "nul.yaml")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert outcome.err.startswith("pidgin: nul.yaml:1: ")


SHORT = "raise the limit (ulimit -v), or let other programs end"


@pytest.mark.parametrize(
    ("error", "status", "err"),
    [
        (PidginError("it failed"), 1, "pidgin: it failed\n"),
        (UsageError("not like this"), 2, "pidgin: not like this\n"),
        (LockedError("later"), 75, "pidgin: later\n"),
        (PidginError("two\nlines\x1b[31m"), 1, "pidgin: two lines\\u{1b}[31m\n"),
        (FileNotFoundError(2, "No such file", "x"), 1, "pidgin: x: No such file\n"),
        (OSError(24, "Too many open files"), 1, "pidgin: Too many open files\n"),
        (MemoryError(), 1, f"pidgin: memory is short: {SHORT}\n"),
        (MemoryError("realloc failed"), 1, f"pidgin: memory is short (realloc failed): {SHORT}\n"),
        (
            OSError(12, "Cannot allocate memory"),
            1,
            f"pidgin: memory is short (Cannot allocate memory): {SHORT}\n",
        ),
        (
            ImportError("libarrow.so: failed to map segment from shared object"),
            1,
            "pidgin: memory is short (libarrow.so: failed to map segment from shared object): "
            f"{SHORT}\n",
        ),
    ],
)
def test_an_error_is_one_line_and_its_status(
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    err: str,
) -> None:
    def fails(arguments: object) -> int:
        raise error

    monkeypatch.setattr(boundary, "_program", fails)
    monkeypatch.setattr(boundary, "_drop_what_waits_for_stdout", lambda: None)
    assert boundary.run([]) == status
    assert capfd.readouterr().err == err


def test_an_error_of_our_own_making_is_one_line_with_its_place(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary, "_program", lambda arguments: {}["missing"])
    assert boundary.run([]) == ExitStatus.FAILED
    assert capfd.readouterr().err.startswith("pidgin: internal error: KeyError: 'missing' (test_")


def test_a_signal_that_comes_before_the_work_begins_is_raised_once_and_no_more() -> None:
    before = signal.getsignal(signal.SIGTERM)
    work = cleaned_up()
    work.__enter__()
    with pytest.raises(DiedOfSignal):
        os.kill(os.getpid(), signal.SIGTERM)
    # Nobody ends the block; what it would raise then, Python shows as a traceback.
    del work
    gc.collect()
    assert signal.getsignal(signal.SIGTERM) is before


class Last:
    """What a signal reaches while it is thrown away, where no error can be raised."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


LONG = 20.0


def _thrown_away_before_a_long_sleep() -> None:
    Last()
    time.sleep(LONG)


def test_a_signal_that_came_where_its_error_is_lost_ends_the_work_soon(
    capfd: pytest.CaptureFixture[str],
) -> None:
    begun = time.monotonic()
    with pytest.raises(DiedOfSignal) as caught, cleaned_up():
        _thrown_away_before_a_long_sleep()
    assert caught.value.number == signal.SIGTERM
    assert time.monotonic() - begun < LONG
    assert ("", "") == capfd.readouterr()
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)
