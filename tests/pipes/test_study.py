"""A study as real processes: stopped, killed, run from several at once, and finished."""

from __future__ import annotations

import re
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from tests.pipes.processes import Home, Outcome, ended, events_of, until
from tests.pipes.test_terminal import on_terminal

STUDY = """\
study: sweep
agents:
  slow: {{model: "sim:chatty,pace=1500"}}
  brief: {{model: "sim:terse,pace=1500"}}
pairs:
  - [slow, brief]
  - [slow, slow]
prompts: {prompts}
repeat: {repeat}
seed: 7
max_turns: 3
interventions:
  - {{turn: 1, source: mediator, content: "Something else.", target: a}}
budget: {{tokens: {tokens}}}
"""


class Sweep:
    """A study in a home of its own; its file says what it may use."""

    def __init__(self, home: Home, experiments: int) -> None:
        self.home = home
        self.experiments = experiments
        self.write(10**9)

    def write(self, tokens: int) -> None:
        prompts = orjson.dumps({f"p{number}": f"Talk of {number}." for number in range(5)}).decode()
        text = STUDY.format(prompts=prompts, repeat=self.experiments // 10, tokens=tokens)
        (self.home.root / "study.yaml").write_text(text)

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        return self.home.start("run", "study.yaml", *arguments, **options)

    def at_once(self, *each: Sequence[str]) -> list[int]:
        """Run several processes at once, and give how they ended."""
        # Whoever is not read has to wait, and what it set aside waits with it.
        running = [self.start(*arguments, stdout=subprocess.DEVNULL) for arguments in each]
        return [ended(process).status for process in running]

    def run(self, *arguments: str) -> Outcome:
        return self.home.run("run", "study.yaml", *arguments)

    def stopped_by(self, number: signal.Signals, responses: int) -> int:
        """Run until so many responses came, stop it, and give how it ended."""
        process = self.start("-j", "3")
        assert process.stdout is not None
        seen = 0
        while seen < responses:
            line = process.stdout.readline()
            assert line, "the study ended before it was stopped"
            seen += b'"type":"response.completed"' in line
        process.send_signal(number)
        return ended(process).status

    @property
    def logs(self) -> dict[str, list[dict[str, Any]]]:
        return {name: events_of(data) for name, data in self.home.logs().items()}

    @property
    def tokens(self) -> int:
        return sum(
            sum(
                event["data"].get("usage", {}).get(key, 0)
                for key in ("input_tokens", "output_tokens")
            )
            for events in self.logs.values()
            for event in events
            if event["type"] in ("api.call.completed", "api.call.failed")
        )


@pytest.fixture
def sweep(home: Home, full: bool) -> Sweep:
    return Sweep(home, 100 if full else 20)


def said(events: list[dict[str, Any]]) -> Counter[tuple[int, str]]:
    """Count the messages of each agent in each turn."""
    return Counter(
        (event["turn_number"], event["agent_id"])
        for event in events
        if event["type"] == "response.completed"
    )


def types(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


ONCE = {(turn, agent): 1 for turn in range(3) for agent in ("agent_a", "agent_b")}


def test_a_study_that_is_stopped_and_killed_and_shared_is_finished_and_nothing_is_run_twice(
    sweep: Sweep,
) -> None:
    assert [
        sweep.stopped_by(signal.SIGTERM, 6),
        sweep.stopped_by(signal.SIGKILL, 8),
        sweep.stopped_by(signal.SIGINT, 6),
    ] == [-signal.SIGTERM, -signal.SIGKILL, -signal.SIGINT]
    before = {name for name, state in sweep.home.states().items() if state == "completed"}
    assert 0 < len(before) < sweep.experiments
    sizes = {name: len(data) for name, data in sweep.home.logs().items() if name in before}

    shards = [("-j", "2", "--shard", "1/2"), ("-j", "2", "--shard", "2/2")]
    assert sweep.at_once(*shards) == [0, 0]

    logs = sweep.logs
    assert len(logs) == sweep.experiments
    assert {name: said(events) for name, events in logs.items()} == dict.fromkeys(logs, ONCE)
    assert {
        name: [len(types(events, f"experiment.{kind}")) for kind in ("started", "completed")]
        for name, events in logs.items()
    } == {name: [1, 1] for name in logs}
    assert {
        name: [
            (event["turn_number"], event["data"]["source"])
            for event in types(events, "conductor.intervention")
        ]
        for name, events in logs.items()
    } == {name: [(1, "mediator")] for name in logs}
    assert sizes == {name: len(data) for name, data in sweep.home.logs().items() if name in before}

    again = sweep.run()
    assert (again.status, again.out) == (0, b"")
    assert f"sweep: {sweep.experiments} of {sweep.experiments} completed" in again.err


def test_a_budget_of_several_processes_is_never_passed_and_a_larger_one_goes_on(
    sweep: Sweep,
) -> None:
    sweep.write(12_000)
    shards = [("-j", "3", "--shard", "1/2"), ("-j", "3", "--shard", "2/2")]
    assert sweep.at_once(*shards) == [4, 4]
    assert 8_000 < sweep.tokens <= 12_000
    assert "completed" in sweep.home.states().values()

    spent = sweep.run()
    assert (spent.status, sweep.tokens <= 12_000) == (4, True)

    sweep.write(10**9)
    assert sweep.run("-j", "4").status == 0
    assert {name: said(events) for name, events in sweep.logs.items()} == dict.fromkeys(
        sweep.logs, ONCE
    )
    assert len(sweep.logs) == sweep.experiments


def test_several_processes_without_shards_share_a_study_by_its_locks(sweep: Sweep) -> None:
    statuses = set(sweep.at_once(*[("-j", "2")] * 3))
    assert statuses <= {0, 75}
    assert 0 in statuses
    assert {name: said(events) for name, events in sweep.logs.items()} == dict.fromkeys(
        sweep.logs, ONCE
    )
    assert len(sweep.logs) == sweep.experiments


def test_what_a_killed_process_had_set_aside_stands_until_its_call_is_known(sweep: Sweep) -> None:
    process = sweep.start("-j", "3")
    until(lambda: any(types(events, "api.call.started") for events in sweep.logs.values()))
    process.kill()
    ended(process)
    again = sweep.run("-j", "4")
    assert again.status == 0
    assert "set aside for calls that a crash cut" in again.err


def test_on_a_terminal_a_table_shows_what_runs_and_another_how_it_ended(home: Home) -> None:
    Sweep(home, 10)
    shown = on_terminal(home, "run", "study.yaml", "-j", "3")
    assert re.search(r"sweep: \d+ of 10 completed; \d+ missing, 3 running\n", shown)
    assert re.search(r"\n  sweep-[0-9a-f]{10}-1  turn \d of 3  slow,(brief|slow),p\d", shown)
    # What was drawn is taken away again, line by line.
    assert re.search(r"\x1b\[\d+A\x1b\[J", shown)
    *_, last = shown.splitlines()
    assert last.startswith("pidgin: sweep: 10 of 10 completed")
    assert '{"v":1' not in shown
