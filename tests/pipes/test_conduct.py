"""`conduct` from other processes: many at once, none lost, none bad, and no run in the way."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

import pytest

from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.inbox import Inbox
from tests.pipes.processes import PATIENCE, Home, ended, events_of, lines_read, types_of, until

SLOW = ("-a", "sim:chatty,pace=100", "-b", "sim:chatty,pace=100", "--seed", "7")
WRITER = """
import random, sys
from pathlib import Path
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.inbox import Request, post
root, (writer, count, largest) = Path(sys.argv[1]), map(int, sys.argv[2:])
dice = random.Random(writer)
for number in range(count):
    length = largest if number == 0 else int(100 * (largest / 100) ** dice.random())
    post(Folder(root), "exp_1", Request("inject", f"{writer}-{number} " + "x" * length))
"""


def test_16_processes_at_once_lose_no_line_and_tear_none(home: Home, full: bool) -> None:
    count, largest = (20, 20_000_000) if full else (8, 400_000)
    with EventStore(Folder(home.store)) as store:
        store.begin("exp_1")
        inbox = Inbox(Folder(home.store), "exp_1")
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, home.store, str(n), str(count), str(largest)],
                env=home.environ,
                stderr=subprocess.PIPE,
            )
            for n in range(16)
        ]
        taken: Counter[str] = Counter()
        sizes, deadline = [], time.monotonic() + PATIENCE * (5 if full else 1)
        while sum(taken.values()) < 16 * count:
            assert time.monotonic() < deadline, f"{sum(taken.values())} of {16 * count} came"
            for request in inbox.take():
                name, _, words = request.content.partition(" ")
                assert set(words) <= {"x"}
                taken[name] += 1
                sizes.append(len(words))
                inbox.done(request.id)
            time.sleep(0.001)
        assert [writer.wait(PATIENCE) for writer in writers] == [0] * 16
        for writer in writers:
            assert writer.stderr is not None
            assert writer.stderr.read() == b""
            writer.stderr.close()
        assert inbox.take() == []
    assert set(taken) == {f"{n}-{i}" for n in range(16) for i in range(count)}
    assert set(taken.values()) == {1}
    assert max(sizes) == largest


def test_a_writer_that_is_killed_tears_no_line_of_another(home: Home) -> None:
    with EventStore(Folder(home.store)) as store:
        store.begin("exp_1")
        inbox = Inbox(Folder(home.store), "exp_1")
        killed = subprocess.Popen(
            [sys.executable, "-c", WRITER, home.store, "1", "1000", "4000000"], env=home.environ
        )
        until(lambda: home.store.joinpath("exp_1.control").exists())
        time.sleep(0.05)
        killed.kill()
        killed.wait()
        subprocess.run(
            [sys.executable, "-c", WRITER, home.store, "2", "3", "1000"],
            env=home.environ,
            check=True,
        )
        names = [request.content.partition(" ")[0] for request in inbox.take()]
    assert names[-3:] == ["2-0", "2-1", "2-2"]
    assert names[:-3] == [f"1-{n}" for n in range(len(names) - 3)]


def test_a_script_steers_a_run_from_outside(home: Home) -> None:
    with home.start("run", *SLOW, "-t", "9", "--id", "exp_1") as process:
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        steps = [
            ["exp_1", "pause"],
            ["exp", "inject", "--source", "system", "--target", "agent_b", "Be brief."],
            ["latest", "inject", "-"],
            ["exp_1", "resume"],
        ]
        for step in steps:
            done = home.run("conduct", *step, input=b"Two\n\nlines\n")
            assert (done.status, done.out, done.err) == (0, b"", "")
            if step[-1] == "pause":
                until(lambda: b"checkpoint.saved" in home.logs()["exp_1"])
        until(lambda: b"experiment.resumed" in home.logs()["exp_1"])
        home.run("conduct", "all", "interrupt")
        until(lambda: b"response.interrupted" in home.logs()["exp_1"])
        home.run("conduct", "exp_1", "stop")
        outcome = ended(process)
    events = events_of(home.logs()["exp_1"])
    made = [event["data"] for event in events if event["type"] == "conductor.intervention"]
    assert [(each["source"], each["content"], each["target"]) for each in made] == [
        ("system", "Be brief.", ["agent_b"]),
        ("human", "Two\n\nlines", None),
    ]
    assert all(len(each["request"]) == 16 for each in made)
    last = events[-1]["data"]
    assert (outcome.status, last["reason"], "request" in last) == (0, "stopped", True)
    assert not home.store.joinpath("exp_1.control").exists()


def test_all_of_a_group_that_run_are_steered(home: Home) -> None:
    home.run("run", "-a", "sim:terse", "-b", "sim:terse", "-t", "1", "--group", "g", "--id", "old")
    run = ("run", *SLOW, "-t", "9", "-r", "3", "-j", "3", "--group", "g", "--id", "exp")
    with home.start(*run) as process:
        lines_read(process, 20)
        until(lambda: len(home.logs()) == 4 and all(map(bool, home.logs().values())))
        done = home.run("conduct", "group:g", "stop")
        assert (done.status, done.err) == (0, "")
        assert ended(process).status == 0
    assert set(home.states().values()) == {"completed"}
    stopped = [log for name, log in home.logs().items() if name != "old"]
    assert all(b'"reason":"stopped"' in log for log in stopped)


def test_words_that_a_crash_left_are_said_when_it_goes_on(home: Home) -> None:
    slower = ("-a", "sim:chatty,pace=20", "-b", "sim:terse", "-t", "1", "--id", "exp_1")
    with home.start("run", *slower) as process:
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        home.run("conduct", "exp_1", "inject", "Talk of bees.")
        process.kill()
        process.communicate()
    assert b"conductor.intervention" not in home.logs()["exp_1"]
    home.run("run", "--resume", "exp_1")
    home.run("run", "--resume", "exp_1")
    assert types_of(home.logs()["exp_1"]).count("conductor.intervention") == 1


@pytest.mark.parametrize(
    ("state", "advice"),
    [("completed", ""), ("crashed", "; 'pidgin run --resume' goes on with it")],
)
def test_what_does_not_run_says_what_it_is(
    home: Home, one_turn: bytes, state: str, advice: str
) -> None:
    log = one_turn if state == "completed" else b"".join(one_turn.splitlines(True)[:-1])
    home.write_log("exp_1", log)
    done = home.run("conduct", "exp_1", "pause")
    assert (done.status, done.err) == (
        1,
        f"pidgin: experiment exp_1 does not run: it is {state}{advice}\n",
    )
    assert home.everything() == ["store", "store/exp_1.events.jsonl"]
