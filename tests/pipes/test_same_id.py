"""Two runs with one id: one of them runs, and the other leaves everything as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipes.processes import PATIENCE, Home, seal_in, seal_of, types_of

RIVAL = """
import os, sys
from pidgin_cli.cli.boundary import run
import pidgin_cli.cli.commands.run
me, rounds = sys.argv[1], int(sys.argv[2])
for number in range(rounds):
    os.write(1, b"ready\\n")
    os.read(0, 1)
    child = os.fork()
    if child == 0:
        for descriptor, name in ((1, "out"), (2, "err")):
            path = f"{name}-{me}-{number}"
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), descriptor)
        os._exit(run(["run", "-t", "2", "--id", f"exp_{number}"]))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.write(1, f"{status}\\n".encode())
"""


def rival(home: Home, name: str, rounds: int, start: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", RIVAL, name, str(rounds)],
        stdin=start,
        stdout=subprocess.PIPE,
        env=home.environ,
        cwd=home.root,
    )


def test_of_two_runs_that_begin_at_the_same_instant_one_runs(home: Home) -> None:
    rounds = 20
    start, signal = os.pipe()
    with rival(home, "a", rounds, start) as a, rival(home, "b", rounds, start) as b:
        rivals = {"a": a, "b": b}
        statuses: list[dict[str, int]] = []
        for _ in range(rounds):
            for process in rivals.values():
                assert process.stdout is not None
                assert process.stdout.readline() == b"ready\n"
            os.write(signal, b"12")
            statuses.append(
                {
                    name: int(process.stdout.readline())  # type: ignore[union-attr]
                    for name, process in rivals.items()
                }
            )
        for process in rivals.values():
            process.wait(PATIENCE)
    os.close(start)
    os.close(signal)
    for number, ended in enumerate(statuses):
        winner, loser = sorted(ended, key=lambda name: ended[name])
        log = home.logs()[f"exp_{number}"]
        assert (ended[winner], ended[loser] in (2, 75)) == (0, True)
        assert (home.root / f"out-{winner}-{number}").read_bytes() == log
        assert (home.root / f"out-{loser}-{number}").read_bytes() == b""
        assert (home.root / f"err-{loser}-{number}").read_text().count("\n") == 1
        assert seal_in(log) == seal_of(log)
        assert types_of(log)[-1] == "experiment.completed"


@pytest.fixture
def taken(home: Home, one_turn: bytes) -> Path:
    return home.write_log("exp_1", one_turn)


def test_an_id_that_exists_is_refused(home: Home, taken: Path, one_turn: bytes) -> None:
    before = home.everything()
    outcome = home.run("run", "--id", "exp_1")
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err == (
        f"pidgin: experiment exp_1 exists already: {taken}; choose another --id\n"
    )
    assert home.everything() == before
    assert home.logs() == {"exp_1": one_turn}


def test_an_id_that_exists_as_an_archive_is_refused(home: Home, taken: Path) -> None:
    subprocess.run(["gzip", str(taken)], check=True)
    before = home.everything()
    outcome = home.run("run", "--id", "exp_1")
    assert (outcome.status, outcome.err.count("\n")) == (2, 1)
    assert home.everything() == before


def test_one_of_many_ids_that_exists_is_refused_before_any_begins(
    home: Home, one_turn: bytes
) -> None:
    home.write_log("many-3", one_turn)
    before = home.everything()
    outcome = home.run("run", "--id", "many", "-r", "4")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, b"", 1)
    assert home.everything() == before


def test_an_id_that_is_being_written_is_refused(home: Home) -> None:
    with home.start("run", "-a", "sim:chatty,pace=1", "--id", "exp_1") as process:
        assert process.stdout is not None
        process.stdout.readline()
        outcome = home.run("run", "--id", "exp_1")
        process.kill()
        process.communicate()
    assert outcome.status in (2, 75)
    assert outcome.err.count("\n") == 1
