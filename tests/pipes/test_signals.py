"""Signals: a run pauses, says so in its log, and is ended by the signal itself."""

from __future__ import annotations

import os
import pty
import shlex
import signal
import subprocess
import sys
import time

import pytest

from tests.pipes.processes import (
    Home,
    ended,
    ended_between_responses,
    events_of,
    lines_read,
    seal_in,
    seal_of,
    types_of,
    until,
)

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# At this pace one response takes longer than any test waits.
PACED = ("-a", "sim:chatty,pace=20,length=5000", "-b", "sim:chatty")
FAST = ("-a", "sim:chatty", "-b", "sim:chatty", "-t", "2000")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try one of the signals, or all where there is time for it."""
    if "any_signal" in metafunc.fixturenames:
        full = metafunc.config.getoption("--full")
        metafunc.parametrize("any_signal", SIGNALS if full else [signal.SIGTERM])


def speaking(home: Home, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a run, and wait until its first agent is in the middle of its response."""
    process = home.start("run", *PACED, "--id", "exp_1", *arguments)
    until(lambda: b'"response.streaming"' in home.logs().get("exp_1", b""))
    return process


def size_settled(home: Home) -> bool:
    before = home.logs()
    time.sleep(0.2)
    return bool(before) and before == home.logs()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_pauses_a_run_and_then_ends_it(home: Home, number: signal.Signals) -> None:
    with speaking(home) as process:
        process.send_signal(number)
        outcome = ended(process)
    log = home.logs()["exp_1"]
    pause = events_of(log)[-2]["data"]
    assert (outcome.status, outcome.out) == (-number, log)
    assert outcome.err == f"pidgin: exp_1 paused by {number.name}\n"
    assert types_of(log)[-4:] == [
        "api.call.failed",
        "response.interrupted",
        "pause.requested",
        "checkpoint.saved",
    ]
    assert pause == {"reason": "signal", "detail": number.name}
    assert seal_in(log) == seal_of(log)
    assert home.states() == {"exp_1": "paused"}


def test_a_shell_sees_128_and_the_signal(home: Home) -> None:
    command = shlex.join(home.command("run", *PACED, "--id", "exp_1", "-q"))
    outcome = home.shell(
        f"{command} & until grep -qs response.streaming store/*; do sleep 0.01; done; "
        "kill -TERM $!; wait $!"
    )
    assert (outcome.status, outcome.err) == (143, "")


def test_quiet_says_nothing_of_a_signal(home: Home) -> None:
    with speaking(home, "-q") as process:
        process.send_signal(signal.SIGTERM)
        assert (-signal.SIGTERM, "") == (ended(process).status, "")


def test_a_reader_that_does_not_read_does_not_keep_a_signal_waiting(
    home: Home, any_signal: signal.Signals
) -> None:
    with home.start("run", *FAST, "--id", "exp_1") as process:
        until(lambda: size_settled(home))
        process.send_signal(any_signal)
        status = process.wait(60)
        out = ended(process).out
    log = home.logs()["exp_1"]
    assert status == -any_signal
    assert log.startswith(out)
    assert ended_between_responses(log)
    assert seal_in(log) == seal_of(log)


def test_a_terminal_that_is_held_does_not_keep_a_signal_waiting(
    home: Home, any_signal: signal.Signals
) -> None:
    master, slave = pty.openpty()
    with home.start("run", *FAST, "--id", "exp_1", stdout=slave) as process:
        os.close(slave)
        until(lambda: size_settled(home))
        process.send_signal(any_signal)
        assert process.wait(60) == -any_signal
    os.close(master)
    log = home.logs()["exp_1"]
    assert ended_between_responses(log)
    assert seal_in(log) == seal_of(log)


def test_a_terminal_that_goes_away_pauses_the_run(home: Home) -> None:
    master, slave = pty.openpty()
    with home.start(
        "run", "-a", "sim:chatty,pace=20", "-t", "50", "--id", "exp_1", stdout=slave
    ) as process:
        os.close(slave)
        os.read(master, 1)
        os.close(master)
        outcome = ended(process)
    log = home.logs()["exp_1"]
    assert outcome.status == 1
    assert outcome.err == "pidgin: cannot write to stdout: Input/output error\n"
    assert ended_between_responses(log)
    assert events_of(log)[-2]["data"]["reason"] == "stdout_closed"


def test_a_second_signal_ends_a_run_that_still_waits_for_its_reader(
    home: Home, any_signal: signal.Signals
) -> None:
    with home.start("run", *FAST, "--id", "exp_1") as process:
        until(lambda: size_settled(home))
        process.send_signal(signal.SIGTERM)
        until(lambda: b"pause.requested" in home.logs()["exp_1"] or process.poll() is not None)
        process.send_signal(any_signal)
        outcome = ended(process)
    assert outcome.status in (-any_signal, -signal.SIGTERM)
    assert "Traceback" not in outcome.err
    # Whatever was cut short, each line that is there is whole.
    assert types_of(home.logs()["exp_1"])[0] == "experiment.started"


@pytest.mark.parametrize("gap", [0.0, 0.001, 0.005])
def test_two_signals_in_one_moment_leave_no_traceback(home: Home, gap: float) -> None:
    with speaking(home) as process:
        process.send_signal(signal.SIGINT)
        time.sleep(gap)
        process.send_signal(signal.SIGINT)
        outcome = ended(process)
    assert outcome.status == -signal.SIGINT
    assert outcome.err in ("", "pidgin: exp_1 paused by SIGINT\n")
    assert home.logs()["exp_1"].startswith(outcome.out)


def test_a_signal_pauses_all_of_several_experiments(home: Home, any_signal: signal.Signals) -> None:
    with home.start(
        "run", "-a", "sim:chatty,pace=30", "-r", "20", "-j", "8", "--id", "many", "-q"
    ) as process:
        until(lambda: len(home.logs()) == 8)
        until(lambda: all(b"response.streaming" in log for log in home.logs().values()))
        process.send_signal(any_signal)
        outcome = ended(process)
    assert (outcome.status, outcome.err) == (-any_signal, "")
    # The twelve that had not begun have left nothing.
    assert sorted(home.logs()) == [f"many-{each}" for each in range(1, 9)]
    assert set(home.states().values()) == {"paused"}
    for log in home.logs().values():
        assert ended_between_responses(log)
        assert seal_in(log) == seal_of(log)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_it_was_told_to_ignore_does_not_end_a_run(
    home: Home, number: signal.Signals
) -> None:
    command = " ".join(home.command("run", "-a", "sim:chatty,pace=60", "-t", "1", "--id", "exp_1"))
    with subprocess.Popen(
        ["bash", "-c", f"trap '' HUP INT; exec {command}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=home.environ,
        cwd=home.root,
    ) as process:
        lines_read(process, 1)
        process.send_signal(number)
        outcome = ended(process)
    assert (outcome.status, outcome.err) == (0, "")
    assert types_of(home.logs()["exp_1"])[-1] == "experiment.completed"


@pytest.mark.parametrize("arguments", [("tail",), ("tail", "exp_1"), ("tail", "-")])
def test_a_signal_ends_tail_without_a_word(
    home: Home, arguments: tuple[str, ...], any_signal: signal.Signals
) -> None:
    with speaking(home) as writer, home.start(*arguments, stdin=subprocess.PIPE) as process:
        if arguments[-1] == "-":
            assert process.stdin is not None
            process.stdin.write(home.logs()["exp_1"].split(b"\n")[0] + b"\n")
            process.stdin.flush()
        lines_read(process, 1)
        process.send_signal(any_signal)
        outcome = ended(process)
        writer.kill()
    assert (outcome.status, outcome.err) == (-any_signal, "")


LATE_IMPORT = """
import os, signal, sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupted())
from pidgin_cli.__main__ import main
sys.argv = ["pidgin", {command!r}]
main()
"""


@pytest.mark.parametrize("module", ["pidgin_cli.cli.boundary", "typer", "pidgin_cli.cli.app"])
@pytest.mark.parametrize("command", ["run", "list"])
def test_an_interrupt_while_the_program_is_still_loaded_leaves_no_traceback(
    home: Home, module: str, command: str
) -> None:
    code = LATE_IMPORT.format(module=module, command=command)
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=home.environ,
        cwd=home.root,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (-signal.SIGINT, b"", b"")
    assert home.everything() == []


def test_an_interrupt_while_python_itself_is_loaded_shows_no_traceback(home: Home) -> None:
    # As if Ctrl-C came while the module is read that tells what to do of it.
    (home.root / "signal.py").write_text("raise KeyboardInterrupt\n")
    environ = {**home.environ, "PYTHONPATH": f"{home.root}:{home.environ['PYTHONPATH']}"}
    outcome = home.run("list", env=environ)
    assert outcome.told == (-signal.SIGINT, b"", "")
