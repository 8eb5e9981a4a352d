from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pidgin_cli.errors import PidginError
from pidgin_cli.processes.workers import Workers


class Thing:
    """Counts what it has done, and may break over it."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.breaks = breaks
        self.count = 0

    def work(self) -> int:
        if self.breaks:
            raise PidginError("it is broken")
        self.count += 1
        return self.count

    def seen(self) -> int:
        return self.count


@pytest.fixture
def workers() -> Iterator[Workers]:
    started = Workers([Thing(), Thing(breaks=True)])
    yield started
    started.end()


def test_what_a_thing_is_told_it_does_in_order(workers: Workers) -> None:
    for method in ("seen", "work", "work"):
        workers.tell(0, method)
    assert [workers.result(0) for _ in range(3)] == [0, 1, 2]


def test_what_a_thing_raises_is_raised_and_it_goes_on(workers: Workers) -> None:
    workers.tell(1, "work")
    with pytest.raises(PidginError, match="it is broken"):
        workers.result(1)
    workers.tell(1, "seen")
    assert workers.result(1) == 0


def test_results_that_are_not_there_are_not_waited_for_unless_that_is_asked(
    workers: Workers,
) -> None:
    assert workers.take_results(waiting=False) == []
    workers.tell(1, "seen")
    assert workers.take_results() == [1]
    assert workers.result(1) == 0


class Dying:
    """Is killed while it says more than a pipe takes."""

    say: Callable[[bytes], None]

    def die(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        self.say(bytes(1 << 24))


def test_half_of_what_one_says_is_nothing() -> None:
    heard: list[bytes] = []
    workers = Workers([Dying()], heard.append)
    try:
        workers.tell(0, "die")
        time.sleep(0.3)
        with pytest.raises(PidginError, match="a worker process ended before its work was done"):
            workers.result(0)
    finally:
        workers.end()
    assert [] == heard


class Reader:
    """Says of a descriptor what can be read there."""

    def read(self, descriptor: int) -> bytes | str:
        try:
            return os.read(descriptor, 10)
        except OSError as error:
            return str(error.strerror)


def test_a_worker_has_what_the_shell_gave_to_this_process_and_not_what_that_has_opened() -> None:
    (given, give), (opened, fill) = os.pipe(), os.pipe()
    os.set_inheritable(given, True)
    for sink in (give, fill):
        os.write(sink, b"words")
    workers = Workers([Reader(), Reader()])
    try:
        workers.tell(0, "read", opened)
        workers.tell(1, "read", given)
        found = [workers.result(0), workers.result(1)]
    finally:
        workers.end()
        for descriptor in (given, give, opened, fill):
            os.close(descriptor)
    assert ["Bad file descriptor", b"words"] == found


class Tidy:
    """Says when it is at work, and needs a while to clean up."""

    say: Callable[[str], None]

    def __init__(self, left: Path) -> None:
        self.left = left

    def work(self) -> None:
        try:
            self.say("at work")
            time.sleep(60)
        finally:
            time.sleep(0.3)
            self.left.write_text("clean")


def test_a_second_sigterm_does_not_stop_one_that_is_cleaning_up(tmp_path: Path) -> None:
    heard: list[str] = []
    workers = Workers([Tidy(tmp_path / "left")], heard.append)
    workers.tell(0, "work")
    while not heard:
        workers.take_results()
    os.kill(workers._workers[0].process, signal.SIGTERM)
    time.sleep(0.1)
    workers.end()
    assert "clean" == (tmp_path / "left").read_text()


class Hungry:
    """Raises what its memory gives it."""

    def ask(self, error: Exception) -> None:
        raise error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "memory is short: raise the limit (ulimit -v), or let other programs end"),
        (
            OSError(errno.ENOMEM, "Cannot allocate memory"),
            "memory is short (Cannot allocate memory): raise the limit (ulimit -v), or let other "
            "programs end",
        ),
        (ValueError("words of an event"), "internal error: ValueError in a worker process"),
    ],
)
def test_a_worker_that_is_short_of_memory_says_so_like_the_first_process(
    error: Exception, said: str
) -> None:
    workers = Workers([Hungry()])
    workers.tell(0, "ask", error)
    with pytest.raises(PidginError) as raised:
        workers.result(0)
    workers.end()
    assert said == str(raised.value)


def test_all_end_on_their_own_when_they_are_no_longer_told_anything() -> None:
    code = """
import os
from pidgin_cli.processes.workers import Workers
workers = Workers([object()] * 3)
for each in workers._workers:
    each.close()
print([os.waitpid(each.process, 0)[1] for each in workers._workers])
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=True)
    assert (b"[0, 0, 0]\n", b"") == (said.stdout, said.stderr)


def test_where_no_thread_can_be_started_they_work_and_end_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    workers = Workers([Thing()])
    workers.tell(0, "work")
    assert 1 == workers.result(0)
    workers.end()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
