"""`run` with a study, and `list --study`."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson
import pytest

from tests.cli.conftest import Program
from tests.pipes.processes import Outcome, events_of

STUDY = """\
study: demo
agents:
  ada: {model: "sim:terse"}
  bob: {model: "sim:echo", awareness: basic}
  cid: {model: "sim:terse"}
pairs:
  - [ada, bob]
  - [ada, bob, cid]
prompts: {hi: Hello, bye: Goodbye}
repeat: 2
max_turns: 1
"""


@pytest.fixture
def study(pidgin: Program) -> Program:
    write(pidgin)
    return pidgin


def write(pidgin: Program, more: str = "", text: str = STUDY) -> None:
    (pidgin.root / "s.yaml").write_text(text + more)


def states(pidgin: Program, *options: str) -> Counter[str]:
    listed = pidgin("list", "--study", "s.yaml", "-f", "jsonl", *options)
    assert (listed.status, listed.err) == (0, "")
    return Counter(row["state"] for row in map(orjson.loads, listed.out.splitlines()))


def of_type(outcome: Outcome, kind: str) -> list[dict[str, Any]]:
    return [event for event in events_of(outcome.out) if event["type"] == kind]


def test_a_study_is_held_once_and_then_there_is_nothing_left(study: Program) -> None:
    first = study("run", "s.yaml", "-j", "4")
    assert (first.status, len(of_type(first, "experiment.completed"))) == (0, 8)
    assert first.err.endswith("pidgin: demo: 8 of 8 completed\n")
    again = study("run", "s.yaml")
    assert (again.status, again.out) == (0, b"")


def test_an_experiment_says_its_place_in_the_study(study: Program) -> None:
    started = of_type(study("run", "s.yaml", "-q"), "experiment.started")
    data = [event["data"] for event in started]
    assert {each["group"] for each in data} == {"demo"}
    assert Counter(each["repetition"] for each in data) == {1: 4, 2: 4}
    assert [each["repetition"] for each in data] == [1] * 4 + [2] * 4
    assert {"a": "ada", "b": "bob", "c": "cid", "prompt": "hi"} in [each["labels"] for each in data]
    assert len({each["seed"] for each in data}) == 8
    agents = next(each["agents"] for each in data if len(each["agents"]) == 3)
    assert [agent["name"] for agent in agents] == ["ada", "bob", "cid"]
    assert agents[1]["system_prompt"].startswith("You are an AI model.")


def test_with_more_than_two_agents_words_have_the_name_of_who_said_them(study: Program) -> None:
    outcome = study("run", "s.yaml", "-q")
    (crowd,) = {
        event["experiment_id"]
        for event in of_type(outcome, "experiment.started")
        if event["data"]["labels"].get("c") and event["data"]["repetition"] == 1
        if event["data"]["labels"]["prompt"] == "hi"
    }
    said = [
        event["agent_id"]
        for event in of_type(outcome, "response.completed")
        if event["experiment_id"] == crowd
    ]
    assert said == ["agent_a", "agent_b", "agent_c"]
    (measured,) = [
        event["data"]
        for event in of_type(outcome, "convergence.measured")
        if event["experiment_id"] == crowd
    ]
    assert list(measured["by_agent"]) == said


def test_in_a_round_robin_each_turn_is_begun_by_the_next_agent(pidgin: Program) -> None:
    text = STUDY.replace("  - [ada, bob]\n", "").replace("max_turns: 1", "max_turns: 4")
    write(pidgin, "order: round_robin\n", text.replace("repeat: 2", "repeat: 1"))
    outcome = pidgin("run", "s.yaml", "-q")
    first = events_of(outcome.out)[0]["experiment_id"]
    order = [
        event["agent_id"][-1]
        for event in of_type(outcome, "response.completed")
        if event["experiment_id"] == first
    ]
    assert "".join(order) == "abcbcacababc"


@pytest.fixture
def round_robin(pidgin: Program) -> str:
    text = STUDY.replace("  - [ada, bob]\n", "").replace("max_turns: 1", "max_turns: 4")
    more = "order: round_robin\ninterventions: [{turn: 3, content: Quiet now.}]\n"
    write(pidgin, more, text.replace("repeat: 2", "repeat: 1").replace(", bye: Goodbye", ""))
    experiment_id: str = events_of(pidgin("run", "s.yaml", "-q").out)[0]["experiment_id"]
    return experiment_id


def test_a_round_robin_that_is_given_again_is_the_same(pidgin: Program, round_robin: str) -> None:
    outcome = pidgin("run", "--from", round_robin, "--no-store")
    assert outcome.told[::2] == (
        0,
        "pidgin: everything that follows from the responses is as it was recorded\n",
    )


def test_a_branch_goes_on_in_the_order_and_with_the_interventions_of_its_parent(
    pidgin: Program, round_robin: str
) -> None:
    outcome = pidgin("run", "--branch", f"{round_robin}@1", "--no-store")
    order = [event["agent_id"][-1] for event in of_type(outcome, "response.completed")]
    assert "".join(order) == "abcbcacababc"
    made = [event["turn_number"] for event in of_type(outcome, "conductor.intervention")]
    assert made == [3]


def test_an_intervention_is_made_at_its_turn_and_heard_by_those_it_is_for(pidgin: Program) -> None:
    more = 'interventions: [{turn: 1, content: "Quiet now.", target: bob}]\n'
    write(pidgin, more, STUDY.replace("max_turns: 1", "max_turns: 2"))
    outcome = pidgin("run", "s.yaml", "-q")
    made = [
        (event["turn_number"], event["data"])
        for event in of_type(outcome, "conductor.intervention")
    ]
    words = {"source": "mediator", "content": "Quiet now.", "target": ["agent_b"]}
    assert made == [(1, {**words, "request": "scheduled-0"})] * 8


def test_a_table_has_a_row_for_each_cell(study: Program) -> None:
    study("run", "s.yaml", "-q", "--shard", "1/2")
    listed = study("list", "--study", "s.yaml", "-f", "table").out.decode().splitlines()
    assert listed[0].split() == ["a", "b", "c", "prompt", "completed", "missing", "turns"]
    assert len(listed) == 5
    assert states(study) == {"completed": 4, "missing": 4}
    assert states(study, "--state", "missing") == {"missing": 4}


def test_ids_of_what_is_missing_can_be_listed_before_anything_was_made(study: Program) -> None:
    listed = study("list", "--study", "s.yaml", "-f", "ids")
    ids = listed.out.decode().split()
    assert (len(ids), {each.split("-")[0] for each in ids}) == (8, {"demo"})
    assert study.home.everything() == ["s.yaml"]
    assert set(ids) == {
        event["experiment_id"] for event in events_of(study("run", "s.yaml", "-q").out)
    }


def test_the_grid_has_tabs_where_they_are_wanted(study: Program) -> None:
    head, first, *_ = study("list", "--study", "s.yaml", "-f", "tsv").out.decode().splitlines()
    assert head == "id\tcell\trepetition\tlabels\tstate\tturns\tcost_usd"
    assert first.split("\t")[2:] == ["1", "a=ada,b=bob,prompt=hi", "missing", "0", ""]


def test_shards_together_hold_the_whole_study(study: Program) -> None:
    counts = [
        len(of_type(study("run", "s.yaml", "--shard", f"{number}/3"), "experiment.completed"))
        for number in (1, 2, 3)
    ]
    assert (sorted(counts), states(study)) == ([2, 3, 3], {"completed": 8})


def test_what_failed_is_left_alone_until_it_is_to_be_tried_again(pidgin: Program) -> None:
    script = pidgin.root / "lines"
    script.write_text('{"content":"Hi","errors":[{"kind":"busy"}]}\n')
    text = STUDY.replace("sim:echo", f"sim:script:{script}").replace("repeat: 2", "repeat: 1")
    write(pidgin, text=text)
    failing = pidgin("run", "s.yaml", "--max-retries", "0")
    assert (failing.status, states(pidgin)) == (1, {"failed": 4})

    left = pidgin("run", "s.yaml")
    assert (left.status, left.out) == (1, b"")
    assert "4 failed before, --retry-failed goes on with them" in left.err

    script.write_text('{"content":"Hi"}\n')
    again = pidgin("run", "s.yaml", "--retry-failed")
    assert (again.status, states(pidgin)) == (0, {"completed": 4})
    assert len(of_type(again, "experiment.resumed")) == 4


def test_one_failure_does_not_stop_the_others(pidgin: Program) -> None:
    script = pidgin.root / "lines"
    script.write_text('{"content":"Hi","errors":[{"kind":"busy"}]}\n')
    more = f'matrix: {{a: ["sim:terse"], b: ["sim:script:{script}"]}}\n'
    write(pidgin, more)
    outcome = pidgin("run", "s.yaml", "--max-retries", "0")
    assert (outcome.status, states(pidgin)) == (1, {"completed": 8, "failed": 4})


def test_a_budget_that_was_typed_goes_before_the_one_of_the_file(pidgin: Program) -> None:
    write(pidgin, "budget: {tokens: 1000000}\n")
    outcome = pidgin("run", "s.yaml", "--max-tokens", "1100")
    assert outcome.status == 4
    assert "of the study's 1,100 tokens are spent or set aside" in outcome.err
    assert pidgin("run", "s.yaml").status == 0
    assert states(pidgin) == {"completed": 8}


def test_where_the_budget_is_spent_nothing_is_begun(study: Program) -> None:
    study("run", "s.yaml", "--max-tokens", "1100")
    before = study.home.everything()
    outcome = study("run", "s.yaml", "--max-tokens", "1")
    assert (outcome.status, outcome.out) == (4, b"")
    assert before == study.home.everything()


def test_a_budget_of_time_ends_a_study(study: Program) -> None:
    outcome = study("run", "s.yaml", "--max-time", "0.001s")
    assert outcome.status == 4
    assert "completed" not in states(study)


def test_a_budget_of_cost_needs_every_price(pidgin: Program) -> None:
    write(pidgin, "budget: {cost_usd: 4}\n", STUDY.replace("sim:echo", "exec:cat"))
    outcome = pidgin("run", "s.yaml")
    said = (
        "pidgin: s.yaml:12: a budget of cost needs the price of every model, and that of exec:cat"
    )
    assert (outcome.status, outcome.err[: len(said)]) == (2, said)
    assert pidgin.home.everything() == ["s.yaml"]


def test_limits_of_a_study_are_those_of_each_experiment(pidgin: Program) -> None:
    write(pidgin, "limits: {tokens: 500}\n")
    started = of_type(pidgin("run", "s.yaml", "-q"), "experiment.started")
    assert [event["data"]["limits"]["tokens"] for event in started] == [500] * 8


def test_a_limit_that_was_raised_lets_a_paused_experiment_go_on(pidgin: Program) -> None:
    write(pidgin, "limits: {tokens: 500}\n")
    assert (pidgin("run", "s.yaml").status, states(pidgin)) == (4, {"paused": 8})
    write(pidgin, "limits: {tokens: 50000}\n")
    assert (pidgin("run", "s.yaml").status, states(pidgin)) == (0, {"completed": 8})


def test_a_dry_run_says_what_is_left(study: Program) -> None:
    study("run", "s.yaml", "--shard", "1/2")
    outcome = study("run", "s.yaml", "--dry-run")
    assert (outcome.status, len(outcome.out.splitlines())) == (0, 4)
    assert states(study) == {"completed": 4, "missing": 4}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("-a", "sim:echo"), "--a has no place beside a study, which says what is held"),
        (("-p", "Hello"), "--prompt has no place beside a study"),
        (("--resume", "x"), "--resume has no place beside a study"),
        (("--no-store",), "--no-store has no place beside a study"),
        (("--on", "cost=stop"), "--on has no place beside a study"),
        (("--shard", "3/2"), '--shard "3/2" is not I/N'),
        (("--estimate-from", "x"), "--estimate-from is for --dry-run"),
    ],
)
def test_what_a_study_says_itself_is_not_typed(
    study: Program, options: tuple[str, ...], said: str
) -> None:
    outcome = study("run", "s.yaml", *options)
    assert (outcome.status, said in outcome.err) == (2, True)


@pytest.mark.parametrize("options", [("--shard", "1/2"), ("--retry-failed",)])
def test_what_is_for_a_study_is_not_typed_without_one(
    pidgin: Program, options: tuple[str, ...]
) -> None:
    outcome = pidgin("run", *options)
    assert (outcome.status, "it is for a study" in outcome.err) == (2, True)


def test_a_study_and_a_group_are_one_too_many(study: Program) -> None:
    outcome = study("list", "--study", "s.yaml", "--group", "demo")
    assert (outcome.status, "--group and --since do not go with it" in outcome.err) == (2, True)


def test_a_mistake_is_told_with_its_line_and_nothing_is_made(pidgin: Program) -> None:
    write(pidgin, "repeet: 2\n")
    outcome = pidgin("run", "s.yaml")
    assert (2, b"", "pidgin: s.yaml:12: unknown key repeet: did you mean repeat?\n") == outcome.told
    assert pidgin.home.everything() == ["s.yaml"]


def test_a_model_that_is_misspelt_is_told_with_its_line(pidgin: Program) -> None:
    write(pidgin, text=STUDY.replace("sim:echo", "sim:ecko"))
    outcome = pidgin("run", "s.yaml")
    assert outcome.status == 2
    assert outcome.err.startswith("pidgin: s.yaml:4: agent bob: no simulated agent 'ecko'")


@pytest.mark.parametrize(
    ("more", "said"),
    [("", "s.yaml:8: agent gtp: no provider"), ("matrix:\n  a: gtp\n  b: bob\n", "s.yaml:8: ")],
)
def test_a_model_that_is_not_known_is_told_where_it_is_used(
    pidgin: Program, more: str, said: str
) -> None:
    write(pidgin, more, STUDY.replace("[ada, bob, cid]", "[bob, gtp]"))
    outcome = pidgin("run", "s.yaml")
    assert (outcome.status, said in outcome.err) == (2, True)


def test_when_a_study_is_over_its_logs_are_packed_and_indexed_as_is_configured(
    pidgin: Program,
) -> None:
    write(pidgin)
    (pidgin.root / "pidgin.yaml").write_text(
        "events: {compression: {compress_on_completion: true}}\n"
    )
    assert pidgin("run", "s.yaml").status == 0
    suffixes = Counter(path.name.partition(".")[2] for path in pidgin.home.store.iterdir())
    assert suffixes["events.jsonl.gz"] == 8
    assert suffixes["db"] == 1
    again = pidgin("run", "s.yaml", "--max-tokens", "100000")
    assert (again.status, again.out, states(pidgin)) == (0, b"", {"completed": 8})
    assert " of 100,000 tokens spent" in again.err
    assert "; 0 of" not in again.err
