"""A person at the terminal of a run: interrupts, pauses, injects, is asked, and quits."""

from __future__ import annotations

import os
import shlex
import signal
import time
from typing import Any

import pytest

from tests.pipes.person import person
from tests.pipes.processes import Home, events_of, seal_in, seal_of, types_of, until

SLOW = ("-a", "sim:chatty,pace=60", "-b", "sim:chatty,pace=60", "--seed", "7", "--id", "exp_1")
MENU = "[c]ontinue, [i]nject, [q]uit? "
CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"
AROUND = ("response.streaming", "stream.chunk.received", "context.usage", "convergence.measured")


def without_stream(log: bytes) -> list[str]:
    return [kind for kind in types_of(log) if kind not in AROUND]


def data_of(log: bytes, kind: str) -> list[dict[str, Any]]:
    return [event["data"] for event in events_of(log) if event["type"] == kind]


def test_a_session_with_interrupt_inject_and_quit_is_its_events(home: Home) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "9")) as someone:
        someone.sees("agent_a (sim:chatty,pace=60)")
        until(lambda: b"response.streaming" in home.logs()["exp_1"])
        someone.types(" ")
        someone.sees("[interrupted by the user after ")
        someone.sees("agent_b (sim:chatty,pace=60)")
        someone.types(CTRL_C)
        someone.sees("a pause follows this response")
        someone.sees(MENU)
        someone.types("i")
        someone.sees("as [h]uman, [s]ystem, [m]ediator? ")
        someone.types("m")
        someone.sees("to [a]ll, [1] agent_a, [2] agent_b? ")
        someone.types("2")
        someone.sees("a line of a single . ends it")
        someone.types("Talk of beesé\x7f.\n\nAnd of \x1b[Dhoney.\n.\n")
        someone.sees("intervention by mediator to agent_b")
        someone.sees(MENU)
        someone.types("c")
        someone.sees("── turn 1 ──")
        someone.sees("agent_b (sim:chatty,pace=60)")
        someone.types(CTRL_C)
        someone.sees(MENU)
        began = time.monotonic()
        someone.types("q")
        assert someone.leaves() == 4
        assert time.monotonic() - began < 2
        assert someone.modes == someone.terminal_modes()
    log = home.logs()["exp_1"]
    whole = ["api.call.started", "response.started", "api.call.completed", "response.completed"]
    paused = ["pause.requested", "checkpoint.saved"]
    assert without_stream(log) == [
        "experiment.started",
        "turn.started",
        "api.call.started",
        "response.started",
        "api.call.failed",
        "response.interrupted",
        *whole,
        *paused,
        "conductor.intervention",
        "experiment.resumed",
        "turn.completed",
        "turn.started",
        *whole,
        *whole,
        *paused,
        *paused,
    ]
    assert data_of(log, "response.interrupted")[0]["reason"] == "user"
    assert data_of(log, "conductor.intervention") == [
        {"source": "mediator", "content": "Talk of bees.\n\nAnd of honey.", "target": ["agent_b"]}
    ]
    assert data_of(log, "pause.requested") == [
        {"reason": "user", "detail": "Ctrl-C"},
        {"reason": "user", "detail": "Ctrl-C"},
        {"reason": "user", "detail": "quit at the terminal"},
    ]
    assert seal_in(log) == seal_of(log)
    assert home.states() == {"exp_1": "paused"}


def test_what_was_quit_goes_on_to_the_end_that_it_would_have_had(home: Home) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "2")) as someone:
        someone.sees("agent_a")
        someone.types(CTRL_C)
        someone.sees(MENU)
        someone.types("q")
        someone.leaves()
    home.run("run", "--resume", "exp_1")
    home.run("run", *SLOW[:-1], "other", "-t", "2")
    logs = home.logs()
    said = {name: data_of(log, "response.completed") for name, log in logs.items()}
    assert [each["content"] for each in said["exp_1"]] == [
        each["content"] for each in said["other"]
    ]


def test_manual_asks_after_every_turn_but_the_last(home: Home) -> None:
    quick = ("-a", "sim:terse", "-b", "sim:terse", "--id", "exp_1")
    with person(home, *home.command("run", *quick, "-t", "3", "--manual")) as someone:
        for _ in range(2):
            someone.sees(MENU)
            someone.types("c")
        assert someone.leaves() == 0
    assert [kind for kind in without_stream(home.logs()["exp_1"]) if "response" not in kind][
        -8:
    ] == [
        "turn.completed",
        "pause.requested",
        "checkpoint.saved",
        "experiment.resumed",
        "turn.started",
        *["api.call.started", "api.call.completed"] * 2,
        "turn.completed",
        "experiment.completed",
    ][-8:]
    assert len(data_of(home.logs()["exp_1"], "pause.requested")) == 2


def test_manual_mode_of_the_configuration_asks_too(home: Home) -> None:
    (home.root / "pidgin.yaml").write_text("defaults: {manual_mode: true, max_turns: 2}\n")
    quick = ("-a", "sim:terse", "-b", "sim:terse", "--id", "exp_1")
    with person(home, *home.command("run", *quick)) as someone:
        someone.sees(MENU)
        someone.types("c")
        assert someone.leaves() == 0


def test_a_person_is_asked_where_the_last_turn_asks_for_a_pause(home: Home) -> None:
    rule = ("--convergence", "0", "--on", "convergence=pause", "-t", "2")
    quick = ("-a", "sim:terse", "-b", "sim:terse", "--id", "exp_1")
    with person(home, *home.command("run", *quick, *rule)) as someone:
        someone.sees("pause requested: convergence")
        for _ in range(2):
            someone.sees(MENU)
            someone.types("c")
        assert someone.leaves() == 0
    assert [each["reason"] for each in data_of(home.logs()["exp_1"], "pause.requested")] == [
        "convergence",
        "convergence",
    ]


def test_what_is_used_up_ends_the_run_of_a_person_too(home: Home) -> None:
    quick = ("-a", "sim:terse", "-b", "sim:terse", "--id", "exp_1", "--max-tokens", "5")
    with person(home, *home.command("run", *quick)) as someone:
        assert someone.leaves() == 4
    assert data_of(home.logs()["exp_1"], "pause.requested")[0]["reason"] == "token_limit"


def test_keys_come_from_the_terminal_where_stdin_is_a_pipe(home: Home) -> None:
    run = shlex.join(home.command("run", *SLOW, "-t", "2", "-p", "-"))
    with person(home, "sh", "-c", f"trap : INT; echo Bees | {run}") as someone:
        someone.sees("Bees")
        someone.sees("agent_a (sim")
        someone.types(CTRL_C)
        someone.sees(MENU)
        someone.types("q")
        assert someone.leaves() == 4
    assert data_of(home.logs()["exp_1"], "experiment.started")[0]["initial_prompt"] == "Bees"


def test_a_second_ctrl_c_stops_at_once(home: Home) -> None:
    slower = ("-a", "sim:chatty,pace=5", "-t", "2", "--id", "exp_1")
    with person(home, *home.command("run", *slower)) as someone:
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        someone.types(CTRL_C)
        someone.sees("Ctrl-C again stops at once")
        began = time.monotonic()
        someone.types(CTRL_C)
        assert someone.leaves() == -signal.SIGINT
        assert time.monotonic() - began < 2
        assert someone.modes == someone.terminal_modes()
    log = home.logs()["exp_1"]
    assert types_of(log)[-3:] == ["response.interrupted", "pause.requested", "checkpoint.saved"]
    assert data_of(log, "pause.requested")[0]["reason"] == "signal"


def test_a_pause_is_told_on_a_line_of_its_own_between_two_words(home: Home) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "1", "--color", "never")) as someone:
        someone.resizes(60)
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        someone.types(CTRL_C)
        someone.sees("\r\n[a pause follows this response; Ctrl-C again stops at once]\r\n  ")
        someone.sees(MENU)
        someone.types("q")
        assert someone.leaves() == 4
    shown = someone.shown.decode()
    said = shown.partition("agent_a (sim:chatty,pace=60)\r\n")[2].partition("[")
    words = (said[0] + said[2].partition("]")[2].partition("\r\n[")[0]).split()
    content = data_of(home.logs()["exp_1"], "response.completed")[0]["content"]
    assert content.split() == words


def test_words_stay_whole_on_a_terminal_that_is_resized(home: Home) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "2", "--color", "never")) as someone:
        someone.sees("agent_a (sim")
        someone.resizes(30)
        someone.sees("── turn 1 ──")
        assert someone.leaves() == 0
    lines = someone.shown.decode().partition("── turn 1 ──")[2].split("\r\n")
    assert max(map(len, lines)) <= 30
    assert any(len(line) > 20 for line in lines)
    said = [line.strip() for line in lines if line.startswith("  ")]
    content = data_of(home.logs()["exp_1"], "response.completed")[2]["content"]
    assert " ".join(content.split()) in " ".join(said)


def test_ctrl_c_takes_a_question_back(home: Home) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "1", "--manual")) as someone:
        someone.sees("agent_a (sim")
        someone.types(CTRL_C)
        someone.sees(MENU)
        someone.types("iha")
        someone.sees("what is said")
        someone.types("No, " + CTRL_C)
        someone.sees(MENU)
        someone.types("c")
        assert someone.leaves() == 0
    assert data_of(home.logs()["exp_1"], "conductor.intervention") == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("times", [1, 2])
def test_a_signal_leaves_the_terminal_as_it_was(home: Home, number: int, times: int) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "9")) as someone:
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        assert someone.modes != someone.terminal_modes()
        for _ in range(times):
            os.kill(someone.process.pid, number)
        assert someone.leaves() == -number
        assert someone.modes == someone.terminal_modes()


def test_a_run_that_is_suspended_gives_the_terminal_back_until_it_goes_on(home: Home) -> None:
    with person(home, "bash", "--norc", "--noediting", "-i") as someone:
        someone.types(f"PS1=; {shlex.join(home.command('run', *SLOW, '-t', '1'))}\n")
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        running = someone.terminal_modes()
        someone.types(CTRL_Z)
        someone.sees("Stopped")
        assert someone.modes == someone.terminal_modes()
        someone.types("fg\n")
        until(lambda: running == someone.terminal_modes())
        someone.types(" ")
        someone.sees("[interrupted by the user")
        someone.sees("completed")
        someone.types("exit\n")
        someone.leaves()
        assert someone.modes == someone.terminal_modes()
    assert types_of(home.logs()["exp_1"])[-1] == "experiment.completed"


def test_conduct_steers_what_is_shown_at_a_terminal(home: Home) -> None:
    with person(home, *home.command("run", *SLOW, "-t", "1")) as someone:
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        home.run("conduct", "exp_1", "pause")
        someone.sees(MENU)
        home.run("conduct", "exp_1", "resume")
        assert someone.leaves() == 0


def test_a_run_in_the_background_does_not_touch_the_terminal(home: Home) -> None:
    run = shlex.join(home.command("run", *SLOW, "-t", "1"))
    with person(home, "bash", "--norc", "--noediting", "-i") as someone:
        someone.types(f"PS1=; {run} &\n")
        until(lambda: b"response.streaming" in home.logs().get("exp_1", b""))
        assert someone.modes == someone.terminal_modes()
        until(lambda: b"experiment.completed" in home.logs()["exp_1"])
        someone.types("exit\n")
        someone.leaves()
