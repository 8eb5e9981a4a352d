from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pidgin_cli.store.lock import LOCK, DescriptionLock, FlockLock, Lock

Open = Callable[[int], int]


@pytest.fixture
def open_log(tmp_path: Path) -> Iterator[Open]:
    descriptors: list[int] = []
    (tmp_path / "log").write_bytes(b"")

    def opened(flags: int = os.O_RDWR) -> int:
        descriptors.append(os.open(tmp_path / "log", flags))
        return descriptors[-1]

    yield opened
    for descriptor in descriptors:
        os.close(descriptor)


@pytest.fixture(params=[DescriptionLock, FlockLock])
def lock(request: pytest.FixtureRequest) -> Lock:
    if request.param is DescriptionLock and not hasattr(fcntl, "F_OFD_SETLK"):
        pytest.skip("this system has no locks of open file descriptions")
    chosen: Lock = request.param()
    return chosen


def test_a_lock_is_held_once(lock: Lock, open_log: Open):
    first, second = open_log(os.O_RDWR), open_log(os.O_RDWR)
    assert [True, False] == [lock.acquire(first), lock.acquire(second)]


def test_others_see_that_it_is_held_and_reading_is_enough_to_ask(lock: Lock, open_log: Open):
    writer, reader = open_log(os.O_RDWR), open_log(os.O_RDONLY)
    assert not lock.is_held(reader)
    lock.acquire(writer)
    assert lock.is_held(reader)


def test_asking_leaves_nothing_behind(lock: Lock, open_log: Open):
    reader, other, writer = open_log(os.O_RDONLY), open_log(os.O_RDONLY), open_log(os.O_RDWR)
    assert [False, False] == [lock.is_held(reader), lock.is_held(other)]
    assert lock.acquire(writer)


def test_a_lock_is_free_when_its_file_is_closed(lock: Lock, open_log: Open):
    first, second = open_log(os.O_RDWR), open_log(os.O_RDWR)
    assert lock.acquire(first)
    # A descriptor of the same number goes on, so that all can be closed in the end.
    os.dup2(second, first)
    assert lock.acquire(second)


def test_opening_and_closing_the_file_again_keeps_the_lock(
    lock: Lock, open_log: Open, tmp_path: Path
):
    writer, other = open_log(os.O_RDWR), open_log(os.O_RDWR)
    lock.acquire(writer)
    (tmp_path / "log").read_bytes()
    assert lock.is_held(other)
    assert not lock.acquire(other)


def test_those_who_ask_at_once_do_not_take_each_other_for_writers(open_log: Open):
    asking, reader = open_log(os.O_RDONLY), open_log(os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    assert not FlockLock().is_held(reader)


def test_a_writer_waits_a_moment_for_those_who_ask(open_log: Open):
    asking, writer = open_log(os.O_RDONLY), open_log(os.O_RDWR)
    fcntl.flock(asking, fcntl.LOCK_SH)
    answered = threading.Timer(0.02, fcntl.flock, (asking, fcntl.LOCK_UN))
    answered.start()
    assert FlockLock().acquire(writer)
    answered.join()


def test_the_better_lock_of_this_system_is_used():
    better = DescriptionLock if hasattr(fcntl, "F_OFD_SETLK") else FlockLock
    assert better is type(LOCK)
