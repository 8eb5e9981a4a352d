"""kill -9 in the middle of a run: nothing that was printed is lost, and the next writer goes on."""

from __future__ import annotations

import random
import signal
import subprocess
from typing import Any

import pytest

from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from tests.pipes.processes import Home, events_of, seal_in, seal_of, types_of, until

TURNS = 90
"""So many that a run still goes on when it is killed, also on a fast machine."""


def killed(home: Home, experiment_id: str, dice: random.Random) -> bytes:
    """Run until a moment of chance, kill, and give what was printed."""
    with home.start("run", "-t", str(TURNS), "--seed", "7", "--id", experiment_id) as process:
        assert process.stdout is not None
        printed = process.stdout.readline()
        try:
            printed += process.communicate(timeout=dice.uniform(0, 0.15))[0]
        except subprocess.TimeoutExpired:
            process.kill()
            printed += process.communicate()[0]
        assert process.returncode in (0, -signal.SIGKILL)
    return printed


def resumed(home: Home, experiment_id: str) -> list[dict[str, Any]]:
    """Go on with a run that was killed, to its end."""
    outcome = home.run("run", "--resume", experiment_id)
    assert (outcome.status, outcome.err) == (0, "")
    return outcome.events


def said(log: bytes) -> list[str]:
    return [e["data"]["content"] for e in events_of(log) if e["type"] == "response.completed"]


@pytest.mark.timeout(3600)
def test_a_killed_run_loses_no_event_that_was_printed_and_ends_as_if_nothing_had_been(
    home: Home, full: bool
) -> None:
    unbroken = said(home.run("run", "-t", str(TURNS), "--seed", "7", "--no-store").out)
    dice = random.Random(2)
    rounds = 200 if full else 10
    for number in range(rounds):
        printed = killed(home, f"exp_{number}", dice)
        # All that was printed is the beginning of the log, but for what the pipe cut of a line.
        assert home.logs()[f"exp_{number}"].startswith(printed)
    before = home.logs()
    crashed = {name for name, log in before.items() if b"experiment.completed" not in log}
    assert len(crashed) > rounds // 2
    states = {name: "crashed" if name in crashed else "completed" for name in before}
    assert home.states() == states
    for name in crashed:
        whole = before[name][: before[name].rfind(b"\n") + 1]
        events = resumed(home, name)
        mended = home.logs()[name]
        assert mended.startswith(whole)
        assert events[0]["type"] == "experiment.resumed"
        assert said(mended) == unbroken
        assert types_of(mended)[-1] == "experiment.completed"
        assert types_of(mended).count("turn.completed") == TURNS
        assert seal_in(mended) == seal_of(mended)


def test_the_torn_line_of_a_killed_run_is_moved_aside_by_the_next_writer(home: Home) -> None:
    with home.start("run", "-a", "sim:chatty,pace=40", "-t", "3", "--id", "exp_1") as process:
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        process.kill()
        process.communicate()
    whole = home.logs()["exp_1"]
    torn = b'{"v":1,"id":"0000000000000000-000099","type":"response.strea'
    home.write_log("exp_1", whole + torn)
    assert home.states() == {"exp_1": "crashed"}
    with EventStore(Folder(home.store)) as store:
        store.resume("exp_1")
    assert home.logs() == {"exp_1": whole}
    assert (home.store / "exp_1.torn").read_bytes() == torn + b"\n"
    assert home.states() == {"exp_1": "crashed"}


@pytest.mark.parametrize("jobs", [4])
def test_all_of_several_killed_experiments_can_be_resumed(home: Home, jobs: int) -> None:
    with home.start(
        "run", "-a", "sim:chatty,pace=200", "-t", "3", "-r", str(jobs), "-j", str(jobs)
    ) as process:
        until(lambda: list(map(bool, home.logs().values())) == [True] * jobs)
        process.kill()
        process.communicate()
    assert list(home.states().values()) == ["crashed"] * jobs
    for experiment_id in home.logs():
        resumed(home, experiment_id)
    assert list(home.states().values()) == ["completed"] * jobs


def test_while_a_run_is_alive_list_says_running(home: Home) -> None:
    with home.start("run", "-a", "sim:chatty,pace=1", "--id", "exp_1") as process:
        until(lambda: "exp_1" in home.logs())
        assert home.states() == {"exp_1": "running"}
        process.kill()
        process.communicate()
    assert home.states() == {"exp_1": "crashed"}


def test_an_id_is_free_again_where_a_run_was_killed_before_its_first_event(home: Home) -> None:
    home.write_log("exp_1", b"")
    done = home.run("run", "-t", "1", "--id", "exp_1")
    assert (0, "") == (done.status, done.err)
    assert {"exp_1": "completed"} == home.states()


def test_a_look_at_a_store_that_is_not_there_makes_none(home: Home) -> None:
    done = home.run("tail", "--no-follow")
    assert (0, b"", "") == (done.status, done.out, done.err)
    assert not home.store.exists()
