"""`run --dry-run`: what would be run, and about what it would use."""

from __future__ import annotations

import orjson
import pytest

from tests.cli.conftest import Program


def rows(out: bytes) -> list[dict[str, object]]:
    return [orjson.loads(line) for line in out.splitlines()]


def test_nothing_is_made_and_every_experiment_is_a_row(pidgin: Program) -> None:
    run = pidgin("run", "--dry-run", "-t", "2", "-r", "2", "--id", "x", "-p", "Hi!!")
    # Of 1 token each agent is sent first, and every answer is one of 300.
    expected = {
        "agents": ["sim:chatty", "sim:chatty"],
        "turns": 2,
        "calls": 4,
        "input_tokens": 1 + 301 + 601 + 901,
        "output_tokens": 1200,
        "cost_usd": 0.0,
    }
    assert rows(run.out) == [{"id": "x-1", **expected}, {"id": "x-2", **expected}]
    assert run.err == (
        "pidgin: 2 experiments, 8 calls, about 3608 tokens in and 2400 out, cost 0.00 dollars; "
        "the length of answers is a guess, --estimate-from takes it from an experiment\n"
    )
    assert pidgin.home.everything() == []


def test_answers_are_as_long_as_they_were_in_an_experiment(pidgin: Program) -> None:
    done = pidgin("run", "-t", "4", "--seed", "7", "--id", "exp_1").events[-1]["data"]["usage"]
    run = pidgin("run", "--dry-run", "-t", "4", "--estimate-from", "exp_1")
    (row,) = rows(run.out)
    assert row["output_tokens"] == pytest.approx(done["output_tokens"], rel=0.01)
    assert row["input_tokens"] == pytest.approx(done["input_tokens"], rel=0.25)


def test_a_branch_and_a_resumption_are_sent_what_was_said_before(pidgin: Program) -> None:
    pidgin("run", "-t", "4", "--max-tokens", "4000", "--id", "exp_1", "--seed", "7")
    turns = pidgin.events("--resume", "exp_1", "-t", "1", "--on", "tokens=off")[-1]["data"]["turns"]
    new, branch = (
        rows(pidgin("run", "--dry-run", *typed, "-t", str(turns + 1)).out)[0]
        for typed in ([], ["--branch", f"exp_1@{turns}"])
    )
    assert (branch["turns"], branch["calls"]) == (1, 2)
    assert new["turns"] == turns + 1


def test_a_table_is_for_people(pidgin: Program) -> None:
    out = pidgin("run", "--dry-run", "-a", "sim:terse", "-t", "1", "--format", "text").out.decode()
    head, row = out.splitlines()
    assert head.split() == [
        "id", "agents", "turns", "calls", "input_tokens", "output_tokens", "cost_usd"
    ]  # fmt: skip
    assert row.split()[1] == "sim:terse,sim:chatty,pace=50"


def test_max_tokens_shorten_the_answers(pidgin: Program) -> None:
    run = pidgin("run", "--dry-run", "-t", "1", "--max-tokens-a", "50")
    assert rows(run.out)[0]["output_tokens"] == 350


def test_what_could_not_be_run_is_refused(pidgin: Program) -> None:
    run = pidgin("run", "--dry-run", "-a", "sim:nobody")
    assert (run.status, run.out) == (2, b"")
