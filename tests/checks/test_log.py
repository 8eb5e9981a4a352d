"""What is wrong with a log is found, in its place, and what is right is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from pidgin_cli.checks.log import check_lines
from tests.pipes.processes import Home, until

Meddle = Callable[[list[bytes]], list[bytes]]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of a completed experiment of three turns."""
    home = Home(tmp_path_factory.mktemp("home"))
    return home.run("run", "-t", "3", "--seed", "7", "--id", "exp_1").out.splitlines(keepends=True)


def found(
    lines: list[bytes], *, whole: bool = True, growing: bool = False
) -> list[tuple[str, int]]:
    """Give the kind and the line of each finding."""
    findings = list(check_lines(lines, whole=whole, growing=growing))
    for finding in findings:
        assert finding.byte == len(b"".join(lines[: finding.line - 1]))
    return [(finding.check, finding.line) for finding in findings]


def changed(line: bytes, **changes: object) -> bytes:
    """Give a line with other values; a change of None takes a key of its data away."""
    event = orjson.loads(line)
    for name, value in changes.items():
        owner = event if name in event else event["data"]
        owner[name] = value
        if value is None and name not in ("turn_number", "agent_id"):
            del owner[name]
    return orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE)


def number_of(lines: list[bytes], kind: str, nth: int = 0) -> int:
    """Give the place, from 0, of the nth event of a kind."""
    marked = [place for place, line in enumerate(lines) if f'"type":"{kind}"'.encode() in line]
    return marked[nth]


def test_a_log_as_it_was_written_is_sound(log: list[bytes]) -> None:
    assert [] == found(log)
    assert [] == found(log, whole=False)


def test_a_missing_line_is_a_gap_and_breaks_the_digest(log: list[bytes]) -> None:
    place = number_of(log, "turn.completed") - 1
    lines = log[:place] + log[place + 1 :]
    assert [("gap", place + 1), ("digest", len(lines))] == found(lines)
    assert [] == found(lines, whole=False)


def test_a_changed_byte_breaks_the_digest(log: list[bytes]) -> None:
    place = number_of(log, "response.completed")
    lines = [*log[:place], changed(log[place], tokens=7), *log[place + 1 :]]
    assert [("digest", len(log))] == found(lines)
    # Nothing was taken away, so that the digest of a part is to hold as well.
    assert [("digest", len(log))] == found(lines, whole=False)


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("response.completed", {"content": 5}),
        ("response.completed", {"tokens": "5"}),
        ("response.completed", {"tokens": True}),
        ("response.completed", {"model": None}),
        ("experiment.completed", {"reason": "boredom"}),
        ("convergence.measured", {"components": {"a": "b"}}),
        ("experiment.started", {"agents": {}}),
        ("experiment.started", {"agents": [{"agent_id": "a"}, 5]}),
        ("experiment.started", {"labels": {"k": 1}}),
        ("api.call.completed", {"status": "200"}),
        ("api.call.completed", {"usage": {"input_tokens": 1}}),
    ],
)
def test_a_payload_that_its_kind_does_not_allow_is_found(
    log: list[bytes], kind: str, changes: dict[str, object]
) -> None:
    place = number_of(log, kind)
    lines = [*log[:place], changed(log[place], **changes), *log[place + 1 :]]
    assert ("schema", place + 1) in found(lines)


def test_what_is_wrong_with_a_payload_is_said_in_its_place(log: list[bytes]) -> None:
    place = number_of(log, "api.call.completed")
    line = changed(log[place], usage={"input_tokens": "many", "output_tokens": 1.5})
    reasons = [finding.reason for finding in check_lines([line], whole=False)]
    assert reasons == [
        "data.usage.input_tokens is 'many', not a whole number",
        "data.usage.output_tokens is 1.5, not a whole number",
    ]


def test_unknown_kinds_and_keys_are_fine_and_unknown_versions_are_told() -> None:
    strange = b'{"type":"odd.happened","id":"%d","experiment_id":"e","data":{"a":1},"more":2}\n'
    assert [] == found([strange % 1, strange % 2], whole=False)
    assert [("version", 1)] == found(
        [b'{"v":2,"id":"1","type":"a","experiment_id":"e"}\n'], whole=False
    )
    assert [("schema", 1)] == found([b'{"type":"a","experiment_id":"e"}\n'], whole=False)


@pytest.mark.parametrize(
    "line",
    [
        b"rubbish\n",
        b"[]\n",
        b'{"type":"a"}\n',
        b'{"type":"\\ud800","experiment_id":"e"}\n',
        b"\xff\n",
        b'{"type":"a","experiment_id":"e","data":{"n":NaN}}\n',
        b'{"type":"a","experiment_id":"e","data":{"n":18446744073709551616}}\n',
    ],
)
def test_a_line_that_is_no_event_is_found(log: list[bytes], line: bytes) -> None:
    assert ("line", 4) in found([*log[:3], line, *log[3:]])
    assert [("line", 4)] == found([*log[:3], line], whole=False)


def test_blank_lines_are_no_findings() -> None:
    assert [] == found([b"\n", b" \n"], whole=False)


def test_a_torn_end_is_found_unless_somebody_writes(log: list[bytes]) -> None:
    lines = [*log[:5], log[5][:-9]]
    assert [("torn", 6), ("end", 5)] == [
        each for each in found(lines) if each[0] in ("torn", "end")
    ]
    assert [] == found(lines, growing=True)
    assert [("torn", 2)] == found([log[0], log[1][:-1]], whole=False)


def test_time_that_goes_back_is_found(log: list[bytes]) -> None:
    lines = [*log[:9], changed(log[9], timestamp=5.5), *log[10:]]
    assert ("time", 10) in found(lines)


def test_an_id_that_comes_twice_is_found(log: list[bytes]) -> None:
    assert ("duplicate", 6) in found([*log[:5], log[4], *log[5:]])
    foreign = b'{"type":"a","id":"x","experiment_id":"%s"}\n'
    assert [("duplicate", 3)] == found(
        [foreign % b"e", foreign % b"f", foreign % b"e"], whole=False
    )


def test_a_turn_and_a_response_that_never_end_are_found(log: list[bytes]) -> None:
    started = number_of(log, "turn.started", 1)
    speaks = number_of(log, "response.started", 2)
    lines = log[: speaks + 2]
    assert [("response", speaks + 1), ("turn", started + 1), ("end", len(lines))] == found(lines)
    assert [] == found(lines, growing=True)
    assert [] == found(lines, whole=False)


def test_a_turn_that_does_not_follow_is_found(log: list[bytes]) -> None:
    second, third = (number_of(log, "turn.started", nth) for nth in (1, 2))
    assert ("order", second + 1) in found([*log[:second], *log[third:]])


def test_what_comes_after_the_end_is_found(log: list[bytes]) -> None:
    assert ("order", len(log) + 1) in found([*log, log[3]])


def test_pieces_that_are_not_the_content_are_found(log: list[bytes]) -> None:
    place = number_of(log, "response.completed")
    lines = [*log[:place], changed(log[place], content="other words"), *log[place + 1 :]]
    assert ("deltas", place + 1) in found(lines)


def test_an_event_of_another_experiment_in_a_log_is_found(log: list[bytes]) -> None:
    stranger = b'{"type":"a","id":"x","experiment_id":"exp_2"}\n'
    assert ("stranger", 3) in found([*log[:2], stranger, *log[2:]])


def test_experiments_in_a_stream_are_held_apart(log: list[bytes]) -> None:
    other = [line.replace(b"exp_1", b"exp_2") for line in log]
    mixed = [line for pair in zip(log, other, strict=True) for line in pair]
    ids = [line for line in mixed if line]
    findings = found(ids, whole=False)
    # The digest of the other one is not that of its lines, which have another name.
    assert {check for check, _ in findings} == {"digest"}


RUNS = {
    "a service that fails now and then": "run -a sim:chatty,failures=0.4 -t 5 --seed 3",
    "a response that breaks off": "run -a sim:chatty,breaks=0.9 -t 5 --seed 3",
    "a context that fills up": "run -a sim:chatty,context=600,length=90 -t 30 --seed 3",
}


@pytest.mark.parametrize("words", RUNS.values(), ids=RUNS)
def test_whatever_becomes_of_a_run_its_log_is_sound(tmp_path: Path, words: str) -> None:
    home = Home(tmp_path)
    home.run(*words.split(), "--id", "exp_1")
    assert [] == found(home.logs()["exp_1"].splitlines(keepends=True))


def test_a_run_that_was_paused_or_killed_and_taken_up_again_is_sound(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for ends in ("terminate", "kill"):
        with home.start("run", "-a", "sim:chatty,pace=200", "-t", "4", "--id", ends) as process:
            log = home.log(ends)
            until(lambda log=log: log.exists() and log.read_bytes().count(b"streaming") > 5)
            getattr(process, ends)()
            process.communicate(timeout=60)
        cut = found(log.read_bytes().splitlines(keepends=True))
        assert ("end" in dict(cut)) == (ends == "kill")
        home.run("run", "--resume", ends)
        assert [] == found(home.logs()[ends].splitlines(keepends=True))


def test_a_branch_is_sound(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.run("run", "-t", "3", "--id", "exp_1")
    done = home.run("run", "--branch", "exp_1@2", "--id", "exp_2")
    assert 0 == done.status
    assert [] == found(home.logs()["exp_2"].splitlines(keepends=True))


def test_a_log_of_nothing_has_no_last_word_and_a_stream_needs_none():
    assert [("end", 1)] == found([])
    assert [] == found([], growing=True) == found([], whole=False)


def test_a_log_from_before_a_key_was_added_is_sound(log: list[bytes]):
    older = [
        changed(line, by_agent=None) if b'"by_agent"' in line else line
        for line in log
        if b'"experiment.completed"' not in line
    ]
    assert [("end", len(older))] == found(older)
