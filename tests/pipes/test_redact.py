from __future__ import annotations

import gzip
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pidgin_cli.processes.cores import cores
from tests.filters.redaction.planted_events import line, streamed
from tests.pipes.processes import (
    Home,
    children_of,
    events_of,
    is_there,
    types_of,
    until,
)

several = pytest.mark.skipif(
    cores() < 2 or not Path("/proc/self/task").exists(), reason="needs two processors and a /proc"
)


def test_a_run_is_redacted_kept_and_read(home: Home) -> None:
    done = home.shell(
        "pidgin run --seed 7 -t 2 --no-store | pidgin redact | tee a.jsonl | pidgin tail -n all -"
    )
    assert (done.status, done.err) == (0, "")
    kept = (home.root / "a.jsonl").read_bytes()
    assert kept == done.out
    assert types_of(kept)[-1] == "experiment.completed"
    assert b"chatty" not in kept
    checked = home.run("check", "a.jsonl") if (home.root / "a.jsonl").exists() else None
    assert checked is not None
    assert checked.status == 0


def test_a_line_comes_out_before_the_next_one_goes_in(home: Home) -> None:
    with home.start("redact", "--content", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(5):
            process.stdin.write(line("turn.started", {}, turn_number=number))
            assert events_of(process.stdout.readline())[0]["turn_number"] == number
        process.stdin.close()


def test_a_delta_comes_out_when_the_next_one_has_come(home: Home) -> None:
    started, first, second, third, _ = streamed(["one ", "two ", "three "]).splitlines(True)
    with home.start("redact", "--pattern", "secret", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for given, expected in ((started, started), (first + second, first), (third, second)):
            process.stdin.write(given)
            assert process.stdout.readline() == expected
        process.stdin.close()
        assert process.stdout.read() == third


def test_a_reader_that_leaves_ends_it_quietly(home: Home) -> None:
    done = home.shell(
        'for i in $(seq 20000); do echo \'{"type":"turn.started","experiment_id":"e"}\'; '
        "done | pidgin redact | head -1 | wc -l; echo ${PIPESTATUS[@]}"
    )
    assert done.err == ""
    assert done.out.split()[0] == b"1"


def test_two_at_once_make_one_key(home: Home) -> None:
    said = line("response.completed", {"content": "Hello!"})
    both = [home.start("redact", stdin=subprocess.PIPE) for _ in range(4)]
    given = {process.communicate(said, timeout=60)[0] for process in both}
    assert len(given) == 1


@contextmanager
def redacting_much(home: Home) -> Iterator[tuple[subprocess.Popen[bytes], list[int]]]:
    """Redact a big file with several processes, and give them while they wait for a reader."""
    path = home.root / "big.jsonl"
    path.write_bytes(
        b"".join(
            line("turn.started", {}, experiment_id=f"exp_{number % 7}") for number in range(70_000)
        )
    )
    with home.start("redact", "--content", "big.jsonl") as process:
        until(lambda: len(children_of(process.pid)) == cores())
        yield process, children_of(process.pid)


def test_a_big_file_is_redacted_as_a_stream_is(home: Home, one_turn: bytes) -> None:
    data = b"".join(one_turn.replace(b"exp_1", b"exp_%d" % number) for number in range(600))
    (home.root / "big.jsonl").write_bytes(data + b"nonsense\n" + data)
    assert len(data) > 1 << 22
    for options in ("--content", "--builtin secrets --pattern something"):
        shared = home.shell(f"pidgin redact {options} big.jsonl")
        fed = home.shell(f"pidgin redact {options} < big.jsonl")
        piped = home.shell(f"cat big.jsonl | pidgin redact {options}")
        assert shared.out == fed.out == piped.out
        assert shared.status == fed.status == piped.status != 0
        assert shared.err.replace("big.jsonl", "stdin") == fed.err == piped.err


@several
def test_what_is_wrong_with_logs_is_told_in_the_order_in_which_they_are_read(
    home: Home, one_turn: bytes
) -> None:
    much = one_turn * (1 + (1 << 22) // len(one_turn))
    (home.root / "a.jsonl").write_bytes(much + b"nonsense\n")
    (home.root / "b.jsonl.gz").write_bytes(gzip.compress(one_turn)[:-9])
    (home.root / "c.jsonl").write_bytes(b"nonsense\n")
    done = home.run("redact", "--content", "a.jsonl", "b.jsonl.gz", "c.jsonl")
    told = [complaint.split(":")[1].strip() for complaint in done.err.splitlines()]
    assert (1, ["a.jsonl", "b.jsonl.gz", "c.jsonl"]) == (done.status, told)


@several
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_its_processes_end_with_it_and_say_nothing(home: Home, number: int) -> None:
    with redacting_much(home) as (process, children):
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    until(lambda: not any(map(is_there, children)))
    assert (-number, b"") == (process.returncode, err)


@several
def test_its_processes_end_when_nobody_reads(home: Home) -> None:
    with redacting_much(home) as (process, children):
        assert process.stdout is not None
        process.stdout.close()
        process.wait(60)
    until(lambda: not any(map(is_there, children)))
    assert process.returncode == -signal.SIGPIPE


@several
def test_a_process_that_dies_is_an_error_and_what_is_given_has_no_gap(home: Home) -> None:
    with redacting_much(home) as (process, children):
        os.kill(children[0], signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    until(lambda: not any(map(is_there, children)))
    assert process.returncode == 1
    assert b"a worker process ended before its work was done" in err
    assert (home.root / "big.jsonl").read_bytes().startswith(out)
