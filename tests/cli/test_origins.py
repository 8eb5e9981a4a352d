"""`run` that does not begin anew: resumed, branched, run again from a record."""

from __future__ import annotations

import gzip
import socket
from typing import Any

import orjson
import pytest

from pidgin_cli.events.codec import encode_object
from tests.cli.conftest import Program
from tests.pipes.processes import events_of, types_of

TERSE = ("-a", "sim:terse", "-b", "sim:terse", "--seed", "7")
LIMITED = (*TERSE, "-t", "4", "--max-tokens", "3300", "--id", "exp_1")


def said(log: bytes) -> list[str]:
    return [e["data"]["content"] for e in events_of(log) if e["type"] == "response.completed"]


def changed(log: bytes, kind: str, **data: Any) -> bytes:
    """Give the log with other values in the first event of a kind."""
    lines = [orjson.loads(line) for line in log.splitlines()]
    event = next(each for each in lines if each["type"] == kind)
    event["data"] |= data
    return b"".join(orjson.dumps(each) + b"\n" for each in lines)


def files(pidgin: Program) -> list[str]:
    """Give what there is in the store beside the index."""
    names = (path.name for path in pidgin.home.store.iterdir())
    return sorted(name for name in names if not name.startswith("index.db"))


def without_chunks(log: bytes) -> list[str]:
    return [kind for kind in types_of(log) if kind != "stream.chunk.received"]


@pytest.fixture
def paused(pidgin: Program) -> bytes:
    """The log of an experiment that its limit of tokens paused after a turn."""
    assert pidgin("run", *LIMITED).status == 4
    return pidgin.home.logs()["exp_1"]


@pytest.fixture
def completed(pidgin: Program) -> bytes:
    pidgin("run", *TERSE, "-t", "4", "--id", "exp_1")
    return pidgin.home.logs()["exp_1"]


class TestResume:
    def test_a_limit_that_is_raised_goes_on_to_the_end_there_would_have_been(
        self, pidgin: Program, paused: bytes
    ) -> None:
        again = pidgin("run", "--resume", "exp_1", "--max-tokens", "100000")
        pidgin("run", *TERSE, "-t", "4", "--id", "whole")
        logs = pidgin.home.logs()
        assert (again.status, again.err) == (0, "")
        assert again.events[0]["data"]["changes"] == {"limits.tokens": 100000}
        assert said(logs["exp_1"]) == said(logs["whole"])
        assert logs["exp_1"] == paused + again.out

    @pytest.mark.parametrize("source", ["exp_1", "exp", "latest", "group:g"])
    def test_a_source_is_what_it_is_everywhere(self, pidgin: Program, source: str) -> None:
        pidgin("run", *LIMITED, "--group", "g")
        assert pidgin("run", "--resume", source, "--on", "tokens=off").status == 0

    def test_more_turns_are_recorded(self, pidgin: Program, paused: bytes) -> None:
        again = pidgin("run", "--resume", "exp_1", "--on", "tokens=off", "-t", "6")
        assert again.events[0]["data"]["changes"] == {"max_turns": 6, "limits.tokens": None}
        assert again.events[-1]["data"]["turns"] == 6

    def test_a_limit_that_is_not_raised_pauses_again(self, pidgin: Program, paused: bytes) -> None:
        again = pidgin("run", "--resume", "exp_1")
        assert again.status == 4
        assert "tokens are used, and the next turn may take" in again.err

    def test_a_completed_one_is_refused_and_a_branch_is_offered(
        self, pidgin: Program, completed: bytes
    ) -> None:
        again = pidgin("run", "--resume", "exp_1", "-f", "text")
        assert (again.status, again.out) == (2, b"")
        assert "is completed and cannot be resumed; --branch exp_1@4" in again.err
        assert pidgin.home.logs() == {"exp_1": completed}

    def test_an_archive_is_unpacked_and_gone_on_with(self, pidgin: Program, paused: bytes) -> None:
        log = pidgin.home.log("exp_1")
        archive = log.with_name(f"{log.name}.gz")
        archive.write_bytes(gzip.compress(paused))
        log.unlink()
        again = pidgin("run", "--resume", "exp_1", "--on", "tokens=off")
        assert again.status == 0
        assert pidgin.home.logs() == {"exp_1": paused + again.out}

    def test_a_damaged_archive_is_left_as_it_is(self, pidgin: Program, paused: bytes) -> None:
        log = pidgin.home.log("exp_1")
        archive = log.with_name(f"{log.name}.gz")
        damaged = gzip.compress(paused)[:-100]
        archive.write_bytes(damaged)
        log.unlink()
        again = pidgin("run", "--resume", "exp_1")
        assert (again.status, archive.read_bytes()) == (1, damaged)
        assert files(pidgin) == ["exp_1.events.jsonl.gz"]

    def test_what_was_redacted_is_refused_and_why(self, pidgin: Program, paused: bytes) -> None:
        redacted = changed(paused, "response.completed", content="[REDACTED]")
        pidgin.home.write_log("exp_1", redacted)
        for flag, source in (("--resume", "exp_1"), ("--branch", "exp_1@1"), ("--from", "exp_1")):
            again = pidgin("run", flag, source)
            assert (again.status, "its words were redacted" in again.err) == (2, True)
        assert pidgin.home.logs() == {"exp_1": redacted}

    @pytest.mark.parametrize("force", [True, False])
    def test_what_another_machine_may_run_is_taken_over_only_by_force(
        self, pidgin: Program, completed: bytes, force: bool
    ) -> None:
        crashed = b"".join(completed.splitlines(keepends=True)[:-1])
        writer = {"pidgin": "0", "host": "elsewhere", "boot": "x"}
        pidgin.home.write_log("exp_1", changed(crashed, "experiment.started", writer=writer))
        again = pidgin("run", "--resume", "exp_1", *(["--force"] if force else []))
        assert again.status == (0 if force else 2)
        assert ("may still run there" in again.err) == (not force)

    def test_what_this_machine_ran_is_known_to_have_crashed(
        self, pidgin: Program, completed: bytes
    ) -> None:
        pidgin.home.write_log("exp_1", b"".join(completed.splitlines(keepends=True)[:20]))
        assert socket.gethostname() in completed.decode()
        assert pidgin("run", "--resume", "exp_1").events[0]["data"]["reason"] == "crashed"


class TestBranch:
    def test_it_shares_the_turns_before_and_says_so(
        self, pidgin: Program, completed: bytes
    ) -> None:
        run = pidgin("run", "--branch", "exp_1@2", "--id", "exp_2", "-b", "sim:spiral")
        assert (run.status, run.err) == (0, "")
        first, *rest = run.events
        assert first["data"]["parent"] == {"experiment_id": "exp_1", "turn_number": 2}
        assert [agent["model"] for agent in first["data"]["agents"]] == ["sim:terse", "sim:spiral"]
        copied = [event for event in rest if "copied_from" in event]
        recorded = {e["id"]: e for e in events_of(completed)}
        assert [e["data"] for e in copied] == [recorded[e["copied_from"]]["data"] for e in copied]
        assert {e["turn_number"] for e in copied} == {0, 1}
        assert not {e["id"] for e in run.events} & set(recorded)
        assert said(run.out)[:4] == said(completed)[:4]
        assert said(run.out) != said(completed)

    def test_usage_of_the_parent_is_not_counted_again(
        self, pidgin: Program, completed: bytes
    ) -> None:
        run = pidgin("run", "--branch", "exp_1@2", "--id", "exp_2")
        own = [
            e["data"]["usage"]["output_tokens"]
            for e in run.events
            if e["type"] == "api.call.completed" and "copied_from" not in e
        ]
        assert (len(own), run.events[-1]["data"]["usage"]["output_tokens"]) == (4, sum(own))

    def test_with_nothing_changed_the_same_is_said(self, pidgin: Program, completed: bytes) -> None:
        assert said(pidgin("run", "--branch", "exp_1@3").out) == said(completed)

    def test_everything_else_can_be_changed(self, pidgin: Program, completed: bytes) -> None:
        run = pidgin(
            *("run", "--branch", "exp_1@1", "-p", "Bees", "--system-a", "Be kind.", "--seed", "9"),
            *("--temperature-b", "0", "-t", "2", "--name-b", "Bob", "--group", "g"),
        )
        started = run.events[0]["data"]
        assert (started["initial_prompt"], started["seed"], started["max_turns"]) == ("Bees", 9, 2)
        a, b = started["agents"]
        assert (a["system_prompt"], b["name"], b["parameters"]) == (
            "Be kind.",
            "Bob",
            {"temperature": 0.0},
        )

    def test_the_end_of_a_completed_one_can_be_gone_on_from(
        self, pidgin: Program, completed: bytes
    ) -> None:
        run = pidgin("run", "--branch", "exp_1@4", "-t", "5")
        assert (run.events[-1]["data"]["turns"], said(run.out)[:8]) == (5, said(completed))

    @pytest.mark.parametrize("reached", [["tokens"], 7])
    def test_what_was_said_of_the_turns_of_the_parent_is_not_said_again(
        self, pidgin: Program, completed: bytes, reached: Any
    ) -> None:
        pidgin.home.write_log("exp_1", changed(completed, "turn.started", limits_reached=reached))
        run = pidgin("run", "--branch", "exp_1@2", "--id", "exp_2")
        assert (run.status, run.err) == (0, "")

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ("exp_1@9", "has 4 whole turns: branch it at a turn from 0 to 4"),
            ("exp_1", "is not SOURCE@TURN"),
            ("exp_1@-1", "is not SOURCE@TURN"),
            ("nobody@1", "no experiment 'nobody'"),
        ],
    )
    def test_a_place_that_is_not_there_is_refused(
        self, pidgin: Program, completed: bytes, typed: str, words: str
    ) -> None:
        run = pidgin("run", "--branch", typed)
        assert (run.status, words in run.err) == (2, True)
        assert list(pidgin.home.logs()) == ["exp_1"]


class TestFrom:
    def test_the_same_follows_from_the_recorded_responses(
        self, pidgin: Program, completed: bytes
    ) -> None:
        run = pidgin("run", "--from", "exp_1", "--id", "exp_2")
        assert (run.status, run.err) == (
            0,
            "pidgin: everything that follows from the responses is as it was recorded\n",
        )
        assert run.events[0]["data"]["rerun_of"] == "exp_1"
        assert without_chunks(run.out) == without_chunks(completed)

    def test_what_follows_no_longer_is_told(self, pidgin: Program, completed: bytes) -> None:
        other = changed(completed, "convergence.measured", score=0.123)
        pidgin.home.write_log("exp_1", other)
        run = pidgin("run", "--from", "exp_1", "-q")
        assert run.status == 1
        assert "turn 0: convergence.measured: score was 0.123 and is 0." in run.err

    def test_a_pause_is_given_again_to_its_end(self, pidgin: Program, paused: bytes) -> None:
        run = pidgin("run", "--from", "exp_1")
        assert (run.status, said(run.out)) == (0, said(paused))

    def test_rules_that_were_changed_on_the_way_are_no_difference(self, pidgin: Program) -> None:
        rule = ("--convergence", "0", "--on", "convergence=pause")
        pidgin("run", *TERSE, "-t", "4", "--id", "exp_1", *rule)
        pidgin("run", "--resume", "exp_1")
        pidgin("run", "--resume", "exp_1", "--on", "convergence=stop")
        source = pidgin.home.logs()["exp_1"]
        run = pidgin("run", "--from", "exp_1")
        assert events_of(source)[-1]["data"]["reason"] == "convergence"
        assert (run.status, said(run.out)) == (0, said(source))

    @pytest.mark.parametrize("limit", ["tokens", "time"])
    def test_a_limit_that_ended_it_ends_it_again(self, pidgin: Program, limit: str) -> None:
        most = {"tokens": ["--max-tokens", "3300"], "time": ["--max-time", "0.000001"]}[limit]
        pidgin("run", *TERSE, "-t", "9", "--id", "exp_1", *most, "--on", f"{limit}=stop")
        source = pidgin.home.logs()["exp_1"]
        run = pidgin("run", "--from", "exp_1")
        assert (
            events_of(source)[-1]["data"]["reason"]
            == {
                "tokens": "token_limit",
                "time": "time_limit",
            }[limit]
        )
        assert (run.status, said(run.out)) == (0, said(source))

    def test_an_intervention_that_says_little_is_made_again(
        self, pidgin: Program, completed: bytes
    ) -> None:
        started, *rest = completed.splitlines(keepends=True)
        foreign = encode_object(
            {"type": "conductor.intervention", "experiment_id": "exp_1", "data": {"content": "Hm"}}
        )
        pidgin.home.write_log("exp_1", b"".join((started, foreign, *rest)))
        run = pidgin("run", "--from", "exp_1", "--id", "exp_2")
        (made,) = (each["data"] for each in run.events if each["type"] == "conductor.intervention")
        made.pop("request")
        assert made == {"source": "human", "content": "Hm", "target": None}
        assert said(run.out) == said(completed)

    def test_a_log_in_which_nothing_begins_is_refused(self, pidgin: Program) -> None:
        foreign = {"type": "conductor.intervention", "experiment_id": "exp_1", "data": {}}
        pidgin.home.write_log("exp_1", encode_object(foreign))
        run = pidgin("run", "--from", "exp_1")
        assert (run.status, run.err) == (
            2,
            "pidgin: there is no experiment.started: nothing can be run again from it\n",
        )

    def test_no_service_is_asked(self, pidgin: Program, completed: bytes) -> None:
        gone = completed.replace(b"sim:terse", b"openai:gone").replace(b'"sim"', b'"openai"')
        pidgin.home.write_log("exp_1", gone)
        run = pidgin("run", "--from", "exp_1")
        assert (run.status, said(run.out)) == (0, said(completed))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["--resume", "x", "--branch", "y@1"], "--resume and --branch do not go together"),
        (["--resume", "x", "-p", "Hi"], "--prompt has no place beside --resume"),
        (["--resume", "x", "-a", "sim:echo"], "--a has no place beside --resume"),
        (["--resume", "x", "--no-store"], "--no-store has no place beside --resume"),
        (["--from", "x", "--max-tokens", "3"], "--max-tokens has no place beside --from"),
        (["--from", "x", "-t", "3"], "--turns has no place beside --from"),
        (["--force"], "--force is for --resume"),
        (["--estimate-from", "x"], "--estimate-from is for --dry-run"),
        (["--manual"], "--manual asks at a terminal"),
        (["--on", "tokens"], "is not RULE=ACTION"),
        (["--on", "token=stop"], "did you mean tokens?"),
        (["--max-time", "soon"], '--max-time: "soon" is not a number of seconds'),
        (["--max-cost", "0"], "--max-cost: 0.0 is not a number of dollars above 0"),
    ],
)
def test_what_does_not_go_together_is_refused(
    pidgin: Program, typed: list[str], words: str
) -> None:
    run = pidgin("run", *typed)
    assert (run.status, words in run.err) == (2, True)
    assert pidgin.home.everything() == []
