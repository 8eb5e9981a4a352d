"""`pidgin run` as a process: what it emits, the same for one seed, and many at a time."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Any

import orjson
import pytest

from tests.pipes.processes import Home, events_of, seal_in, seal_of, types_of

_TIMED = re.compile(r"duration|elapsed|time_to_first_chunk|digest")


def lasting(log: bytes) -> list[dict[str, Any]]:
    """Give the events of a log without what differs between two runs of one seed."""
    return [
        {**event, "id": "", "experiment_id": "", "timestamp": 0, "data": _lasting(event["data"])}
        for event in events_of(log)
    ]


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items() if not _TIMED.fullmatch(key)}
    return [_lasting(item) for item in value] if isinstance(value, list) else value


def test_twenty_turns_are_twenty_turns(home: Home) -> None:
    outcome = home.run("run", "--seed", "7", "-t", "20")
    counts = Counter(types_of(outcome.out))
    pieces = counts.pop("response.streaming"), counts.pop("stream.chunk.received")
    assert (outcome.status, outcome.err) == (0, "")
    assert counts == {
        "experiment.started": 1,
        "turn.started": 20,
        "context.usage": 40,
        "api.call.started": 40,
        "response.started": 40,
        "api.call.completed": 40,
        "response.completed": 40,
        "convergence.measured": 20,
        "turn.completed": 20,
        "experiment.completed": 1,
    }
    assert pieces[0] >= 40
    assert pieces[1] >= 40


def test_what_is_printed_is_the_log_byte_for_byte(home: Home) -> None:
    outcome = home.run("run", "-t", "5", "--id", "exp_1")
    log = home.logs()["exp_1"]
    assert outcome.out == log
    assert seal_in(log) == seal_of(log)


def test_the_deltas_of_a_response_are_its_content(home: Home) -> None:
    deltas: defaultdict[int, str] = defaultdict(str)
    contents = {}
    for event in home.run("run", "-t", "5").events:
        if event["type"] == "response.streaming":
            deltas[event["data"]["response"]] += event["data"]["delta"]
        if event["type"] == "response.completed":
            contents[event["data"]["response"]] = event["data"]["content"]
    assert dict(deltas) == contents
    assert len(contents) == 10


def test_ids_count_up_without_a_gap_and_times_never_go_back(home: Home) -> None:
    events = home.run("run", "-t", "5").events
    writers = {event["id"].rpartition("-")[0] for event in events}
    times = [event["timestamp"] for event in events]
    assert len(writers) == 1
    assert [int(event["id"].rpartition("-")[2]) for event in events] == list(range(len(events)))
    assert times == sorted(times)


@pytest.mark.parametrize(
    "arguments",
    [
        ["-t", "20"],
        ["-t", "20", "-a", "sim:spiral", "-b", "sim:spiral", "--thinking-a"],
        ["-t", "3", "-a", "sim:terse,failures=0.2", "-b", "sim:echo"],
    ],
)
def test_the_same_seed_gives_the_same_log(home: Home, arguments: list[str]) -> None:
    home.run("run", "--seed", "7", "--id", "first", *arguments)
    home.run("run", "--seed", "7", "--id", "second", *arguments)
    home.run("run", "--seed", "8", "--id", "third", *arguments)
    logs = {name: _without_retries(lasting(log)) for name, log in home.logs().items()}
    assert logs["first"] == logs["second"]
    assert logs["first"] != logs["third"]


def _without_retries(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # How long a retry waits is chance, so that many clients do not come back at once.
    for event in events:
        event["data"].pop("retry_in", None)
    return events


def test_a_log_that_somebody_paces_is_the_same_log(home: Home) -> None:
    home.run("run", "--seed", "7", "-t", "1", "--id", "exp_1", "-a", "sim:terse,pace=50")
    home.run("run", "--seed", "7", "-t", "1", "--id", "exp_2", "-a", "sim:terse,pace=50")
    logs = home.logs()
    assert lasting(logs["exp_1"]) == lasting(logs["exp_2"])


def test_many_experiments_at_once_are_each_whole_and_never_mixed(home: Home) -> None:
    outcome = home.run("run", "-r", "50", "-j", "16", "-t", "4", "--id", "many", "--seed", "7")
    logs = home.logs()
    printed: defaultdict[str, bytes] = defaultdict(bytes)
    for line in outcome.out.split(b"\n")[:-1]:
        printed[orjson.loads(line)["experiment_id"]] += line + b"\n"
    assert (outcome.status, outcome.err) == (0, "")
    assert sorted(logs) == sorted(f"many-{number}" for number in range(1, 51))
    # In both directions: no line is only in the one or only in the other, and the order is one.
    assert dict(printed) == logs
    for number in range(1, 51):
        log = logs[f"many-{number}"]
        counts = Counter(types_of(log))
        assert (counts["turn.completed"], counts["response.completed"]) == (4, 8)
        assert seal_in(log) == seal_of(log)
        assert events_of(log)[0]["data"]["repetition"] == number
        assert events_of(log)[0]["data"]["seed"] == 7 + number - 1


def test_as_many_run_at_once_as_were_asked_for(home: Home) -> None:
    most: dict[int, int] = {}
    for jobs in (1, 3):
        under_way: set[str] = set()
        outcome = home.run("run", "-r", "6", "-j", str(jobs), "-t", "2", "--no-store")
        most[jobs] = 0
        for event in outcome.events:
            if event["type"] == "experiment.started":
                under_way.add(event["experiment_id"])
                most[jobs] = max(most[jobs], len(under_way))
            elif event["type"] == "experiment.completed":
                under_way.remove(event["experiment_id"])
    assert most == {1: 1, 3: 3}


def test_one_that_fails_does_not_stop_the_others(home: Home) -> None:
    script = home.root / "script"
    script.write_text('{"content":"","errors":[{"kind":"refused","retryable":false}]}\nHello\n')
    model = "sim:script:script"
    outcome = home.run("run", "-a", model, "-r", "3", "-j", "3", "-t", "1", "--id", "many")
    assert outcome.status == 1
    assert sorted(outcome.err.splitlines()) == [
        f"pidgin: many-{number} failed: refused: simulated: refused" for number in (1, 2, 3)
    ]
    assert set(home.states().values()) == {"failed"}


def test_a_failed_run_says_so_in_one_line_and_its_log(home: Home) -> None:
    script = home.root / "script"
    script.write_text(
        "Hello\n" + '{"content":"","errors":[{"kind":"refused","retryable":false}]}\n'
    )
    outcome = home.run("run", "-a", "sim:script:script", "-t", "5", "--id", "exp_1")
    log = home.logs()["exp_1"]
    assert (outcome.status, outcome.out) == (1, log)
    assert outcome.err == "pidgin: exp_1 failed: refused: simulated: refused\n"
    assert events_of(log)[-1]["type"] == "experiment.failed"
    assert events_of(log)[-1]["data"]["error"]["kind"] == "refused"
    assert seal_in(log) == seal_of(log)


def test_a_context_that_is_full_pauses_the_run_with_status_4(home: Home) -> None:
    outcome = home.run("run", "-a", "sim:chatty,context=300", "-t", "50", "--id", "exp_1")
    log = home.logs()["exp_1"]
    pause = events_of(log)[-2]["data"]
    assert outcome.status == 4
    assert outcome.err.splitlines()[-1] == f"pidgin: exp_1 paused: {pause['detail']}"
    assert pause["reason"] == "context_limit"
    assert home.states() == {"exp_1": "paused"}


def test_of_several_the_worst_counts(home: Home) -> None:
    # The first pauses at its context, the second fails before that.
    (home.root / "fails").write_text('{"content":"","errors":[{"kind":"x","retryable":false}]}\n')
    paused = home.run("run", "-a", "sim:chatty,context=300", "-t", "50", "-r", "2")
    failed = home.run("run", "-a", "sim:script:fails", "-r", "2")
    assert (paused.status, failed.status) == (4, 1)


def test_without_a_store_nothing_is_kept(home: Home) -> None:
    outcome = home.run("run", "-t", "2", "--no-store")
    assert types_of(outcome.out)[-1] == "experiment.completed"
    assert seal_in(outcome.out) == seal_of(outcome.out)
    assert home.everything() == []
