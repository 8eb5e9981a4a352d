"""`pidgin run`: every option makes a difference, and it is the one that it says."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Outcome, ended, events_of, lines_read

BASE = ("-t", "1", "--seed", "7", "--id", "base")
QUICK = ("-a", "sim:terse", "-b", "sim:terse")
Look = Callable[[Program, Outcome], Any]


@dataclass(frozen=True)
class Difference:
    """What is seen of a run without an option, and with it.

    Args:
        given: the option as it is typed.
        look: gives what of the run is compared.
        among: the other arguments of both runs.
        status: of the run with it.
        status_without: of the run without it.
    """

    given: Sequence[str]
    look: Look
    without: Any
    with_it: Any
    among: Sequence[str] = ()
    status: int = 0
    status_without: int = 0


def started(key: str) -> Look:
    return lambda _, run: run.events[0]["data"].get(key)


def agents(key: str) -> Look:
    return lambda _, run: [agent.get(key) for agent in run.events[0]["data"]["agents"]]


def data_of(run: Outcome, kind: str, agent_id: str) -> list[dict[str, Any]]:
    return [
        event["data"]
        for event in run.events
        if event["type"] == kind and event["agent_id"] == agent_id
    ]


def sent(key: str) -> Look:
    """Look at what each agent's service was sent."""
    return lambda _, run: [
        data_of(run, "api.call.started", agent)[0]["parameters"]["sent"].get(key)
        for agent in ("agent_a", "agent_b")
    ]


def messages_sent(_: Program, run: Outcome) -> list[int]:
    return [
        data_of(run, "api.call.started", agent)[0]["messages"] for agent in ("agent_a", "agent_b")
    ]


def logs(pidgin: Program, _: Outcome) -> list[str]:
    return [path for path in pidgin.home.everything() if path.endswith(".events.jsonl")]


def ids(_: Program, run: Outcome) -> list[str]:
    return list(dict.fromkeys(event["experiment_id"] for event in run.events))


def switches(_: Program, run: Outcome) -> int:
    """Count how often the next line belongs to another experiment."""
    order = [event["experiment_id"] for event in run.events]
    return sum(one != other for one, other in pairwise(order))


def is_jsonl(_: Program, run: Outcome) -> bool:
    return run.out.startswith(b'{"v":1,')


def threshold(_: Program, run: Outcome) -> float:
    settings = run.events[0]["data"]["settings"]
    return float(settings["conversation"]["convergence"]["threshold"])


limits = started("limits")


def limited(name: str, most: float, action: str) -> dict[str, Any]:
    return {name: most, "actions": {name: action}}


def reason(_: Program, run: Outcome) -> str:
    return str(run.events[-1]["data"]["reason"])


def failures(_: Program, run: Outcome) -> int:
    return len(data_of(run, "api.call.failed", "agent_a"))


def is_coloured(_: Program, run: Outcome) -> bool:
    return b"\x1b[" in run.out


def both(option: str, value: str, key: str, seen: Any, default: Any) -> dict[str, Difference]:
    """Give the two options that say something of one agent each."""
    return {
        f"--{option}-a": Difference(
            [f"--{option}-a", value], sent(key), [default, default], [seen, default]
        ),
        f"--{option}-b": Difference(
            [f"--{option}-b", value], sent(key), [default, default], [default, seen]
        ),
    }


THINKING = ("--config", "thinking.yaml", "-a", "ada", "-b", "ada")
CHATTY = ["sim:chatty", "sim:chatty"]

DIFFERENCES = {
    "--config": Difference(["--config", "half.yaml"], threshold, 0.9, 0.5),
    "--data-dir": Difference(
        ["--data-dir", "other"],
        logs,
        ["store/base.events.jsonl"],
        ["other/base.events.jsonl"],
    ),
    "--format": Difference(["--format", "text"], is_jsonl, True, False, QUICK),
    "--color": Difference(
        ["--color", "always"], is_coloured, False, True, ("--format", "text", *QUICK)
    ),
    "--jobs": Difference(
        ["--jobs", "2"], lambda *each: switches(*each) > 1, False, True, ("-r", "2")
    ),
    "--max-retries": Difference(
        ["--max-retries", "0"], failures, 2, 1, ("-a", "sim:script:busy"), status=1
    ),
    "--omit-refused": Difference(
        ["--omit-refused"],
        lambda _, run: run.out != b"",
        False,
        True,
        ("-a", "sim:echo", "--temperature-a", "1"),
        status=0,
        status_without=2,
    ),
    "--no-store": Difference(["--no-store"], logs, ["store/base.events.jsonl"], []),
    "--agent-a": Difference(
        ["--agent-a", "sim:echo"], agents("model"), CHATTY, ["sim:echo", "sim:chatty"]
    ),
    "--agent-b": Difference(
        ["--agent-b", "sim:echo"], agents("model"), CHATTY, ["sim:chatty", "sim:echo"]
    ),
    "--name-a": Difference(["--name-a", "Ada"], agents("name"), [None, None], ["Ada", None]),
    "--name-b": Difference(["--name-b", "Bob"], agents("name"), [None, None], [None, "Bob"]),
    "--system-a": Difference(["--system-a", "Be brief."], messages_sent, [1, 2], [2, 2]),
    "--system-b": Difference(["--system-b", "Be brief."], messages_sent, [1, 2], [1, 3]),
    **both("temperature", "0", "temperature", 0.0, 1.0),
    **both("top-p", "0.5", "top_p", 0.5, 1.0),
    **both("max-tokens", "3", "max_tokens", 3, None),
    **both("seed", "9", "seed", 9, 7),
    **both("stop", "and", "stop", ["and"], None),
    "--thinking-a": Difference(["--thinking-a"], sent("thinking"), [False] * 2, [True, False]),
    "--thinking-b": Difference(["--thinking-b"], sent("thinking"), [False] * 2, [False, True]),
    "--no-thinking-a": Difference(
        ["--no-thinking-a"], sent("thinking"), [True] * 2, [False, True], THINKING
    ),
    "--no-thinking-b": Difference(
        ["--no-thinking-b"], sent("thinking"), [True] * 2, [True, False], THINKING
    ),
    "--prompt": Difference(
        ["--prompt", "Hi"],
        started("initial_prompt"),
        "Hello! Please find something worth talking about, and talk about it together.",
        "Hi",
    ),
    "--dimensions": Difference(
        ["--dimensions", "chat:bees"],
        started("initial_prompt"),
        "Hello! Please find something worth talking about, and talk about it together.",
        "Talk about bees.",
        ("--config", "bees.yaml"),
    ),
    "--awareness": Difference(["--awareness", "basic"], messages_sent, [1, 2], [2, 3]),
    "--max-tokens": Difference(
        ["--max-tokens", "9"], limits, {}, limited("tokens", 9, "pause"), status=4
    ),
    "--max-cost": Difference(["--max-cost", "9"], limits, {}, limited("cost_usd", 9.0, "pause")),
    "--max-time": Difference(["--max-time", "1h"], limits, {}, limited("time", 3600.0, "pause")),
    "--stop-phrase": Difference(
        ["--stop-phrase", "the"], reason, "max_turns", "stop_phrase", ("-t", "2")
    ),
    "--convergence": Difference(["--convergence", "0.5"], threshold, 0.9, 0.5),
    "--on": Difference(
        ["--on", "convergence=stop"],
        reason,
        "max_turns",
        "convergence",
        ("-t", "2", "--convergence", "0"),
    ),
    "--turns": Difference(["--turns", "2"], started("max_turns"), 1, 2),
    "--id": Difference(["--id", "other"], ids, ["base"], ["other"]),
    "--group": Difference(["--group", "g"], started("group"), None, "g"),
    "--label": Difference(["--label", "k=v"], started("labels"), {}, {"k": "v"}),
    "--seed": Difference(["--seed", "8"], started("seed"), 7, 8),
    "--repeat": Difference(["--repeat", "2"], ids, ["base"], ["base-1", "base-2"]),
}
# These are seen only where a process ends: see the tests below.
OF_PROCESSES = {"--quiet", "--keep-going"}
# Those of test_person.py, test_origins.py and test_estimating.py.
SEEN_ELSEWHERE = {
    *("--manual", "--resume", "--branch", "--from", "--force", "--dry-run", "--estimate-from"),
    *("--shard", "--retry-failed"),
}


def ran(pidgin: Program, arguments: Sequence[str]) -> Outcome:
    for path in pidgin.root.rglob("*.events.jsonl"):
        path.unlink()
    (pidgin.root / "half.yaml").write_text("conversation: {convergence: {threshold: 0.5}}\n")
    (pidgin.root / "thinking.yaml").write_text("agents: {ada: {model: sim:chatty, thinking: true}}")
    (pidgin.root / "bees.yaml").write_text(
        'prompts: {contexts: {chat: "Talk about {topic}."}, topics: {bees: bees}}'
    )
    (pidgin.root / "busy").write_text(
        '{"content":"Hi","errors":[{"kind":"busy","retry_in":0},{"kind":"busy","retry_in":0}]}\n'
    )
    return pidgin("run", *BASE, *arguments)


@pytest.mark.parametrize("option", sorted(set(options_of("run")) - OF_PROCESSES - SEEN_ELSEWHERE))
def test_an_option_makes_the_difference_that_it_names(pidgin: Program, option: str) -> None:
    # An option that is new and has no row here fails.
    case = DIFFERENCES[option]
    seen = []
    for given, status in (((), case.status_without), (case.given, case.status)):
        outcome = ran(pidgin, [*case.among, *given])
        assert outcome.status == status
        seen.append(case.look(pidgin, outcome))
    assert seen == [case.without, case.with_it]
    assert case.without != case.with_it


@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_says_nothing_of_a_pause_by_a_signal(pidgin: Program, quiet: bool) -> None:
    arguments = ["-q"] if quiet else []
    with pidgin.home.start("run", "-a", "sim:chatty,pace=1", "--id", "base", *arguments) as process:
        lines_read(process, 1)
        process.send_signal(signal.SIGTERM)
        outcome = ended(process)
    assert outcome.err == ("" if quiet else "pidgin: base paused by SIGTERM\n")


@pytest.mark.parametrize("keep_going", [True, False])
def test_keep_going_completes_what_nobody_reads(pidgin: Program, keep_going: bool) -> None:
    arguments = ["--keep-going"] if keep_going else []
    reading, writing = os.pipe()
    os.close(reading)
    outcome = pidgin.home.run("run", *BASE, *arguments, stdout=writing)
    os.close(writing)
    last = events_of(pidgin.home.logs()["base"])[-1]["type"]
    assert (outcome.status, last) == (
        (0, "experiment.completed") if keep_going else (-signal.SIGPIPE, "checkpoint.saved")
    )


def test_what_a_parameter_asks_for_is_what_comes(pidgin: Program) -> None:
    run = pidgin("run", *BASE, "--max-tokens-a", "3", "--thinking-b", "--system-a", "Be brief.")
    (a,), (b,) = (data_of(run, "response.completed", agent) for agent in ("agent_a", "agent_b"))
    assert (a["tokens"], a["finish_reason"]) == (3, "length")
    assert ("reasoning" in a, "reasoning" in b) == (False, True)


def test_a_stop_ends_what_an_agent_says_before_it(pidgin: Program) -> None:
    run = pidgin("run", *BASE, "--stop-a", "?", "--stop-a", ".", "--stop-a", "!")
    (a,), (b,) = (data_of(run, "response.completed", agent) for agent in ("agent_a", "agent_b"))
    assert (set("?.!") & set(a["content"]), a["finish_reason"]) == (set(), "stop")
    assert set("?.!") & set(b["content"])
    (call,) = data_of(run, "api.call.started", "agent_a")
    assert call["parameters"]["asked"] == {"stop": ["?", ".", "!"]}


def test_what_is_refused_is_left_out_if_that_is_asked_and_stays_in_what_was_asked(
    pidgin: Program,
) -> None:
    run = pidgin(
        *("run", *BASE, "-a", "sim:echo", "--omit-refused"),
        *("--temperature-a", "0.5", "--max-tokens-a", "9"),
    )
    (call,) = data_of(run, "api.call.started", "agent_a")
    assert call["parameters"] == {
        "asked": {"temperature": 0.5, "max_tokens": 9},
        "sent": {"max_tokens": 9, "seed": 7, "thinking": False},
    }


def test_a_temperature_of_nought_takes_the_first_choice_each_time(pidgin: Program) -> None:
    def said(seed: str, *more: str) -> list[str]:
        run = pidgin("run", "--no-store", "-t", "1", "--seed", seed, *more)
        return [data["content"] for data in data_of(run, "response.completed", "agent_a")]

    cold = ("--temperature-a", "0")
    assert said("1") != said("2")
    assert said("1", *cold) == said("2", *cold)


def test_a_system_prompt_reaches_only_its_agent(pidgin: Program) -> None:
    from pidgin_cli.events.perspective import Message, Perspective

    run = pidgin("run", *BASE, "--system-a", "You are A.", "--system-b", "You are B.", "-p", "Hi")
    (said,) = (data["content"] for data in data_of(run, "response.completed", "agent_a"))
    expected = {
        "agent_a": [Message("system", "You are A."), Message("user", "Hi")],
        "agent_b": [Message("system", "You are B."), Message("user", "Hi"), Message("user", said)],
    }
    for agent, messages in expected.items():
        perspective = Perspective()
        for message in messages:
            perspective.add(message)
        (call,) = data_of(run, "api.call.started", agent)
        assert (agent, call["messages_sha256"]) == (agent, perspective.sha256)


def test_what_is_typed_goes_before_what_an_agent_is_configured_as(pidgin: Program) -> None:
    (pidgin.root / "pidgin.yaml").write_text(
        "agents: {ada: {model: sim:terse, name: Ada, temperature: 0.5, system_prompt: Hello}}\n"
    )
    agent_a, agent_b = pidgin.started("-a", "ada", "-b", "ada", "--temperature-a", "0")["agents"]
    ada = {"model": "sim:terse", "provider": "sim", "name": "Ada", "system_prompt": "Hello"}
    assert agent_a == {"agent_id": "agent_a", **ada, "parameters": {"temperature": 0.0}}
    assert agent_b == {"agent_id": "agent_b", **ada, "parameters": {"temperature": 0.5}}


def test_short_options_are_the_long_ones(pidgin: Program) -> None:
    outcome = pidgin(
        *("run", "-a", "sim:terse", "-b", "sim:echo", "-p", "Hi", "-t", "1", "-r", "2"),
        *("-j", "2", "-q", "-f", "jsonl", "--id", "x"),
    )
    data = outcome.events[0]["data"]
    assert [agent["model"] for agent in data["agents"]] == ["sim:terse", "sim:echo"]
    assert (data["initial_prompt"], data["max_turns"]) == ("Hi", 1)
    assert sorted(ids(pidgin, outcome)) == ["x-1", "x-2"]


def test_a_prompt_and_dimensions_are_one_too_many(pidgin: Program) -> None:
    outcome = pidgin("run", "-p", "Hello", "-d", "debate:language")
    assert (2, "pidgin: -p and -d are both a prompt: give one of them\n") == outcome.told[::2]


def test_both_agents_are_told_of_whom_they_talk_with(pidgin: Program) -> None:
    started = pidgin.started("--awareness", "basic", "--system-b", "Be brief.")
    a, b = (agent["system_prompt"] for agent in started["agents"])
    assert a.startswith("You are an AI model.")
    assert b == f"{a}\n\nBe brief."
