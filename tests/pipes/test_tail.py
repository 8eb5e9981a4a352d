"""`pidgin tail` as a process: live, of one experiment, of the store and of stdin."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import orjson
import pytest

from pidgin_cli.store.folder import Folder
from pidgin_cli.store.packing import pack
from pidgin_cli.store.unpacking import unpack
from tests.pipes.processes import Home, ended, lines_read, until

SLOW = ("-a", "sim:chatty,pace=40", "-b", "sim:chatty,pace=200")


def line(number: int, experiment_id: str = "exp_1", **more: object) -> bytes:
    event = {
        "v": 1,
        "id": f"0123456789abcdef-{number:06d}",
        "type": "turn.started",
        "experiment_id": experiment_id,
        "timestamp": 1_700_000_000.0 + number,
        "turn_number": number,
        "agent_id": None,
        "data": {},
        **more,
    }
    return orjson.dumps(event) + b"\n"


def test_one_experiment_is_followed_until_it_ends(home: Home) -> None:
    with home.start("run", *SLOW, "-t", "2", "--id", "exp_1") as writer:
        lines_read(writer, 1)
        with home.start("tail", "exp_1", "-n", "all") as tail:
            first = lines_read(tail, 5)
            # It came while its writer was at work.
            assert writer.poll() is None
            outcome = ended(tail)
        ended(writer)
    assert b"".join(first) + outcome.out == home.logs()["exp_1"]
    assert (outcome.status, outcome.err) == (0, "")


def test_the_beginning_of_an_id_or_latest_is_enough(home: Home) -> None:
    with home.start("run", *SLOW, "-t", "1", "--id", "exp_1") as writer:
        lines_read(writer, 1)
        with home.start("tail", "exp", "-n", "all") as one, home.start("tail", "latest") as other:
            assert ended(one).out.endswith(ended(other).out)
        ended(writer)


def test_the_store_is_followed_with_experiments_that_begin_later(home: Home) -> None:
    home.run("run", "-t", "1", "--id", "earlier")
    with home.start("tail", "-n", "1") as tail:
        before = lines_read(tail, 1)
        home.run("run", "-t", "3", "--id", "one")
        home.run("run", "-t", "3", "--id", "two", "--no-store")
        home.run("run", "-t", "3", "-r", "3", "-j", "3", "--id", "many")
        logs = home.logs()
        expected = {name: log for name, log in logs.items() if name != "earlier"}
        got: defaultdict[str, bytes] = defaultdict(bytes)
        for each in lines_read(tail, sum(log.count(b"\n") for log in expected.values())):
            got[orjson.loads(each)["experiment_id"]] += each
        tail.send_signal(signal.SIGTERM)
        assert ended(tail).out == b""
    assert before == [logs["earlier"].splitlines(keepends=True)[-1]]
    assert dict(got) == expected


def test_a_store_that_is_not_there_yet_is_followed(home: Home) -> None:
    with home.start("tail") as tail:
        until(home.store.exists)
        home.run("run", "-t", "1", "--id", "exp_1")
        log = home.logs()["exp_1"]
        assert b"".join(lines_read(tail, log.count(b"\n"))) == log
        tail.kill()


@pytest.mark.parametrize("form", ["jsonl", "text"])
def test_an_event_on_stdin_comes_out_before_the_producer_goes_on(home: Home, form: str) -> None:
    with home.start("tail", "-", "--format", form, stdin=subprocess.PIPE) as tail:
        assert tail.stdin is not None
        for number in range(20):
            tail.stdin.write(line(number))
            # This would wait for ever if the line were kept back until more came.
            if form == "jsonl":
                assert lines_read(tail, 1) == [line(number)]
            else:
                while f"turn {number} ".encode() not in lines_read(tail, 1)[0]:
                    pass
        assert ended(tail).status == 0


def test_a_pipe_of_three_processes_is_live(home: Home) -> None:
    with home.start("run", *SLOW, "-t", "5", "--no-store") as run:
        with home.start("tail", "-", stdin=run.stdout) as one:
            with home.start("tail", "-", stdin=one.stdout) as two:
                assert b"experiment.started" in lines_read(two, 1)[0]
                assert run.poll() is None
                two.kill()
            one.kill()
        run.kill()


def test_a_big_stdin_is_passed_on_whole(home: Home) -> None:
    data = b"".join(line(number) for number in range(20_000))
    outcome = home.run("tail", "-", input=data)
    assert (outcome.status, outcome.out == data, outcome.err) == (0, True, "")


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ([], 10),
        (["-n", "3"], 3),
        (["-n", "0"], 0),
        (["-n", "all"], 40),
        (["-n", "1000"], 40),
    ],
)
@pytest.mark.parametrize("source", ["exp_1", "", "./store/exp_1.events.jsonl", "archive.gz"])
def test_as_many_from_before_come_as_were_asked_for(
    home: Home, arguments: list[str], count: int, source: str
) -> None:
    lines = [line(number) for number in range(40)]
    home.write_log("exp_1", b"".join(lines))
    home.shell("gzip -c store/exp_1.events.jsonl > archive.gz")
    outcome = home.run("tail", *source.split(), "--no-follow", *arguments)
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == b"".join(lines[40 - count :])


def test_without_following_the_last_events_of_stdin_come(home: Home) -> None:
    lines = [line(number) for number in range(40)]
    outcome = home.run("tail", "-", "--no-follow", "-n", "3", input=b"".join(lines))
    assert outcome.out == b"".join(lines[-3:])


def test_the_last_events_of_a_stdin_that_is_followed_come_where_their_number_is_given(
    home: Home,
) -> None:
    lines = [line(number) for number in range(40)]
    outcome = home.run("tail", "-", "-n", "3", input=b"".join(lines))
    assert outcome.out == b"".join(lines[-3:])


def test_the_last_events_of_a_store_come_by_time(home: Home) -> None:
    even, odd = (
        [line(n, name) for n in range(start, 40, 2)] for start, name in [(0, "a"), (1, "b")]
    )
    home.write_log("b", b"".join(odd))
    home.write_log("a", b"".join(even))
    outcome = home.run("tail", "--no-follow", "-n", "4")
    assert outcome.out == even[18] + odd[18] + even[19] + odd[19]


@pytest.mark.parametrize("word", ["all", None])
def test_all_means_the_whole_store(home: Home, word: str | None) -> None:
    home.write_log("a", line(1, "a"))
    home.write_log("b", line(2, "b"))
    arguments = [] if word is None else [word]
    assert home.run("tail", *arguments, "--no-follow").out == line(1, "a") + line(2, "b")


BAD = b'not JSON\n{"v":1}\n' + line(1) + b"\n" + b'{"type":"x","experiment_id":"y","data":1}\n'


@pytest.mark.parametrize("source", ["-", "exp_1", "./bad.jsonl"])
def test_bad_lines_are_told_with_their_place_and_left_out(home: Home, source: str) -> None:
    (home.root / "bad.jsonl").write_bytes(line(0) + BAD)
    home.write_log("exp_1", line(0) + BAD)
    outcome = home.run("tail", source, "--no-follow", "-n", "all", input=line(0) + BAD)
    log = str(home.store / "exp_1.events.jsonl")
    name = {"-": "stdin", "exp_1": log, "./bad.jsonl": "bad.jsonl"}[source]
    at = len(line(0))
    last = at + 9 + 8 + len(line(1)) + 1
    first, second, third = outcome.err.splitlines()
    assert (outcome.status, outcome.out) == (3, line(0) + line(1))
    assert first.startswith(f"pidgin: {name}: line 2, byte {at}: not JSON")
    assert second == f"pidgin: {name}: line 3, byte {at + 9}: no type"
    assert third == f"pidgin: {name}: line 6, byte {last}: data is not an object"


def test_a_torn_end_of_stdin_is_bad_and_that_of_a_log_is_not(home: Home) -> None:
    torn = line(0) + line(1)[:-20]
    home.write_log("exp_1", torn)
    log = home.run("tail", "exp_1", "--no-follow")
    stdin = home.run("tail", "-", input=torn)
    assert (log.status, log.out, log.err) == (0, line(0), "")
    assert (stdin.status, stdin.out) == (3, line(0))
    assert stdin.err == f"pidgin: stdin: line 2, byte {len(line(0))}: the last line is torn\n"


def test_lines_that_are_not_changed_come_out_byte_for_byte(home: Home) -> None:
    odd = (
        b'{ "type":"new.kind" , "experiment_id":"x","extra":[1,2],'
        b'"data":{"a":"\\u2028 \xe2\x80\xa8"}}\n'
        b'{"v":2,"type":"t","experiment_id":"x"}\r\n'
    )
    assert home.run("tail", "-", input=odd).out == odd


def test_a_reader_that_leaves_ends_a_live_tail(home: Home) -> None:
    with home.start("tail", "-", stdin=subprocess.PIPE) as tail:
        assert tail.stdin is not None
        assert tail.stdout is not None
        tail.stdin.write(line(0))
        lines_read(tail, 1)
        tail.stdout.close()
        tail.stdout = None
        tail.stdin.write(line(1))
        outcome = ended(tail)
    assert (outcome.status, outcome.err) == (-signal.SIGPIPE, "")


@pytest.mark.parametrize("quiet", [False, True])
def test_a_writer_that_is_killed_ends_tail_which_says_crashed(home: Home, quiet: bool) -> None:
    arguments = ["-q"] if quiet else []
    with home.start("run", "-a", "sim:chatty,pace=40", "--id", "exp_1") as writer:
        lines_read(writer, 1)
        with home.start("tail", "exp_1", "-n", "all", *arguments) as tail:
            first = lines_read(tail, 3)
            writer.kill()
            outcome = ended(tail)
        ended(writer)
    words = "" if quiet else "pidgin: exp_1 crashed: its log ends without a last word\n"
    assert (outcome.status, outcome.err) == (0, words)
    assert b"".join(first) + outcome.out == home.logs()["exp_1"]


@pytest.mark.parametrize("reason", ["completed", "paused"])
def test_an_experiment_that_has_ended_is_shown_and_no_more(home: Home, reason: str) -> None:
    arguments = ["-a", "sim:chatty,context=300"] if reason == "paused" else ["-t", "1"]
    home.run("run", *arguments, "--id", "exp_1")
    outcome = home.run("tail", "exp_1", "-n", "all")
    assert (outcome.status, outcome.out, outcome.err) == (0, home.logs()["exp_1"], "")


def test_text_of_one_experiment_is_the_conversation(home: Home, one_turn: bytes) -> None:
    home.write_log("exp_1", one_turn)
    told = home.run("tail", "exp_1", "-n", "all", "--no-follow", "--format", "text")
    shown = told.out.decode()
    assert shown.startswith("experiment exp_1, ")
    assert "── turn 0 ──" in shown
    assert "agent_a (sim:chatty)" in shown


def test_text_of_the_store_is_a_line_for_each_event_that_matters(
    home: Home, one_turn: bytes
) -> None:
    home.write_log("exp_1", one_turn)
    told = home.run("tail", "-n", "all", "--no-follow", "--format", "text")
    lines = told.out.decode().splitlines()
    kinds = ("experiment.started", "turn.completed", "experiment.completed")
    assert [kind in line for kind, line in zip(kinds, lines, strict=True)] == [True] * 3


def running(home: Home, cursor: str = "cursor") -> subprocess.Popen[bytes]:
    return home.start("tail", "-n", "all", "--cursor-file", cursor)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_cursor_lets_each_event_come_once_over_restarts(home: Home, number: int) -> None:
    got = b""
    for count in range(1, 4):
        home.run("run", "-t", "2", "-r", "2", "--id", f"exp-{count}")
        with running(home) as tail:
            expected = sum(log.count(b"\n") for log in home.logs().values())
            got += b"".join(lines_read(tail, expected - got.count(b"\n")))
            home.run("run", "-t", "5", "--id", f"more-{count}")
            tail.send_signal(number)
            outcome = ended(tail)
        assert (outcome.status, outcome.err) == (-number, "")
        got += outcome.out
    with running(home) as tail:
        expected = sum(log.count(b"\n") for log in home.logs().values())
        got += b"".join(lines_read(tail, expected - got.count(b"\n")))
        tail.kill()
        got += ended(tail).out
    assert sorted(got.splitlines()) == sorted(b"".join(home.logs().values()).splitlines())


def lines_of(first: int, last: int) -> bytes:
    return b"".join(map(line, range(first, last)))


def rename(log: Path) -> bytes:
    log.rename(log.with_name("exp_1.old"))
    return rewrite(log)


def truncate(log: Path) -> bytes:
    os.truncate(log, 0)
    return append(log)


def rewrite(log: Path) -> bytes:
    new = lines_of(10, 40)
    log.write_bytes(new)
    return new


def append(log: Path, count: int = 10) -> bytes:
    new = lines_of(10, 10 + count)
    with log.open("ab", buffering=0) as file:
        file.write(new)
    return new


def compress(log: Path) -> bytes:
    new = append(log)
    pack(log)
    return new


def compress_and_resume(log: Path) -> bytes:
    new = compress(log)
    more = line(20)
    descriptor = unpack(Folder(log.parent), "exp_1")
    os.write(descriptor, more)
    os.close(descriptor)
    return new + more


def burst(log: Path) -> bytes:
    return append(log, 10_000)


@pytest.mark.parametrize("restarted", [False, True], ids=["in one go", "over a restart"])
@pytest.mark.parametrize(
    "happens", [rename, truncate, rewrite, append, compress, compress_and_resume, burst]
)
def test_whatever_happens_to_a_log_what_is_new_comes_once(
    home: Home, happens: Callable[[Path], bytes], restarted: bool
) -> None:
    log = home.write_log("exp_1", lines_of(0, 10))
    with ExitStack() as stack:
        tail = stack.enter_context(running(home))
        assert lines_of(0, 10) == b"".join(lines_read(tail, 10))
        if restarted:
            tail.terminate()
            assert (b"", -signal.SIGTERM) == (ended(tail).out, tail.returncode)
        new = happens(log)
        if restarted:
            tail = stack.enter_context(running(home))
        assert new == b"".join(lines_read(tail, new.count(b"\n")))
        # Nothing came twice: the next line is that of another log.
        home.write_log("exp_2", line(1, "exp_2"))
        assert [line(1, "exp_2")] == lines_read(tail, 1)
        tail.kill()


def test_two_that_follow_with_one_cursor_are_one_too_many(home: Home, one_turn: bytes) -> None:
    home.write_log("exp_1", one_turn)
    with running(home) as tail:
        lines_read(tail, one_turn.count(b"\n"))
        second = home.run("tail", "--no-follow", "--cursor-file", "cursor")
        tail.kill()
    assert (second.status, second.out) == (75, b"")
    assert second.err == (
        "pidgin: another process follows with the cursor cursor: give each its own --cursor-file\n"
    )
    assert home.run("tail", "--no-follow", "--cursor-file", "cursor").status == 0


def test_a_cursor_goes_on_in_the_archive_of_a_log(home: Home) -> None:
    home.run("run", "-t", "3", "--id", "exp_1")
    log = home.logs()["exp_1"]
    lines = log.splitlines(keepends=True)
    (home.store / "exp_1.events.jsonl").write_bytes(b"".join(lines[:10]))
    given = ["tail", "exp_1", "-n", "all", "--no-follow", "--cursor-file", "cursor"]
    assert home.run(*given).out == b"".join(lines[:10])
    (home.store / "exp_1.events.jsonl.gz").write_bytes(gzip.compress(log))
    (home.store / "exp_1.events.jsonl").unlink()
    assert home.run(*given).out == b"".join(lines[10:])
    assert home.run(*given).out == b""


def test_stdin_has_no_place_to_remember(home: Home) -> None:
    outcome = home.run("tail", "-", "--cursor-file", "cursor")
    assert outcome.status == 2
    assert not (home.root / "cursor").exists()


def test_an_alert_runs_its_command_with_the_event_one_at_a_time(home: Home) -> None:
    script = home.root / "told"
    script.write_text("#!/bin/sh\nmkdir busy || exit 9\ncat >>got\nsleep 0.05\nrmdir busy\n")
    script.chmod(0o755)
    log = home.run("run", "-t", "4", "--no-store").out
    given = ["tail", "-", "--alert", "turn.completed", "--exec", "./told"]
    outcome = home.run(*given, input=log)
    assert (outcome.status, outcome.out, outcome.err) == (0, log, "")
    lines = [each for each in log.splitlines(keepends=True) if b'"turn.completed"' in each]
    assert (home.root / "got").read_bytes() == b"".join(lines)
    assert len(lines) == 4


def test_an_alert_whose_command_fails_is_told_and_the_rest_goes_on(home: Home) -> None:
    log = home.run("run", "-t", "2", "--no-store").out
    given = ["tail", "-", "--alert", "turn.completed:duration>=0", "--exec", "sh -c 'exit 5'"]
    outcome = home.run(*given, input=log)
    told = "pidgin: sh ended with status 5 for an alert\n"
    assert (outcome.status, outcome.out, outcome.err) == (0, log, told * 2)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["--alert", "turn.completed"], "give both"),
        (["--exec", "cat"], "give both"),
        (["--alert", "a>b", "--exec", "cat"], "is neither TYPE nor"),
        (["--alert", "a", "--exec", "no-such-program"], "there is no command"),
        (["--alert", "a", "--exec", "'"], "cannot be split"),
        (["--wait"], "--wait needs the id"),
        (["--exit-status"], "--exit-status needs one experiment"),
        (["latest", "--wait"], "no experiments in"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    home: Home, given: list[str], told: str
) -> None:
    outcome = home.run("tail", *given)
    assert outcome.status == 2
    assert told in outcome.err


def test_an_experiment_that_is_not_there_yet_is_waited_for(home: Home) -> None:
    with home.start("tail", "later", "--wait", "-n", "all") as tail:
        until(home.store.exists)
        home.run("run", "-t", "2", "--id", "later")
        outcome = ended(tail)
    assert (outcome.status, outcome.out) == (0, home.logs()["later"])


def test_tail_can_end_as_the_experiment_did(home: Home) -> None:
    home.run("run", "-t", "1", "--id", "done")
    refusal = '{"kind":"authentication","message":"no","status":401,"retryable":false}'
    (home.root / "script").write_text(f'{{"content":"","errors":[{refusal}]}}\n')
    home.run("run", "-a", "sim:script:script", "-t", "1", "--id", "failed")
    home.run("run", "-a", "sim:chatty,context=60", "-t", "20", "--id", "paused")
    home.write_log("crashed", line(0, "crashed"))
    ends = {name: home.run("tail", name, "--exit-status").status for name in home.logs()}
    assert ends == {"done": 0, "failed": 1, "paused": 4, "crashed": 1}


def test_a_file_that_is_no_log_of_the_store_is_followed_to_the_last_word(home: Home) -> None:
    log = home.run("run", "-t", "3", "--no-store").out
    lines = log.splitlines(keepends=True)
    path = home.root / "mine.jsonl"
    path.write_bytes(b"".join(lines[:5]))
    with home.start("tail", "./mine.jsonl", "-n", "all") as tail:
        got = b"".join(lines_read(tail, 5))
        with path.open("ab") as file:
            file.write(b"".join(lines[5:]))
        outcome = ended(tail)
    assert (outcome.status, got + outcome.out) == (0, log)
