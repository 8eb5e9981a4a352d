from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator

import pytest

from pidgin_cli.errors import PidginError, UsageError
from pidgin_cli.processes import crew
from pidgin_cli.processes.crew import on_processes


@pytest.fixture(params=[2, 4], autouse=True)
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    number: int = request.param
    monkeypatch.setattr(crew, "cores", lambda: number)
    return number


def named(thing: int) -> Iterator[str]:
    """Give some pieces, the later the earlier the thing is."""
    for piece in range(3):
        time.sleep(0.002 * (5 - thing % 5))
        yield f"{thing}.{piece} " + "x" * 1000


def no_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


THINGS = range(12)
ALL = [f"{thing}.{piece} " + "x" * 1000 for thing in THINGS for piece in range(3)]


def test_pieces_come_in_the_order_of_the_things() -> None:
    assert list(on_processes(named, THINGS)) == ALL


def test_pieces_come_in_order_on_one_processor_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "cores", lambda: 1)
    assert list(on_processes(named, THINGS)) == ALL


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_however_many_things_there_are_each_is_done_once(count: int) -> None:
    assert list(on_processes(lambda thing: [thing], range(count))) == [*range(count)]


def test_as_many_processes_work_as_there_are_processors(processors: int) -> None:
    def who(thing: int) -> Iterator[int]:
        time.sleep(0.005)
        yield os.getpid()

    makers = set(on_processes(who, range(40)))
    assert (os.getpid() in makers, len(makers)) == (False, processors)


def test_what_is_large_is_handed_over_whole() -> None:
    made = list(on_processes(lambda thing: [bytes([thing]) * 3_000_000], range(5)))
    assert made == [bytes([thing]) * 3_000_000 for thing in range(5)]


def test_one_thing_is_done_by_this_process() -> None:
    assert list(on_processes(lambda thing: [os.getpid()], [1])) == [os.getpid()]


def test_they_come_in_order_where_few_may_be_held_or_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "HELD", 1)
    monkeypatch.setattr(crew, "_AHEAD", 1)
    assert list(on_processes(named, THINGS)) == ALL


def test_what_is_made_ahead_of_its_turn_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "HELD", 100_000)
    ahead = crew._Crew(lambda thing: (b"x" * 50_000 for _ in range(60)), range(4), None, 4)
    try:
        held = [ahead.size for _ in ahead.made()]
    finally:
        ahead.end()
    # Each process may give one piece more where that is seen too late.
    assert (len(held), max(held) <= 100_000 + 4 * 51_000) == (240, True)


def test_an_error_of_the_work_is_raised_as_it_is_and_nothing_is_left() -> None:
    def failing(thing: int) -> Iterator[str]:
        yield str(thing)
        if thing == 1:
            raise UsageError("not this one")

    made = on_processes(failing, THINGS)
    assert [next(made), next(made)] == ["0", "1"]
    with pytest.raises(UsageError, match=r"^not this one$"):
        next(made)
    assert no_children()


def test_of_an_internal_error_only_its_kind_is_told() -> None:
    def failing(thing: int) -> Iterator[str]:
        raise ValueError("words of an event")
        yield ""

    with pytest.raises(PidginError, match=r"^internal error: ValueError in a worker process$"):
        list(on_processes(failing, THINGS))


def test_a_process_that_is_gone_is_told_of() -> None:
    def dying(thing: int) -> Iterator[str]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield ""

    with pytest.raises(PidginError, match="what came of it is not complete"):
        list(on_processes(dying, THINGS))
    assert no_children()


def test_whoever_stops_early_leaves_no_process_behind() -> None:
    made = on_processes(named, THINGS)
    next(made)
    made.close()  # type: ignore[attr-defined]
    assert no_children()


def test_what_the_work_says_meanwhile_is_heard() -> None:
    def work(thing: int, say: Callable[[int], None]) -> Iterator[int]:
        say(10 * thing)
        yield thing
        say(10 * thing + 1)

    heard: list[int] = []
    assert list(on_processes(work, THINGS, heard.append)) == [*THINGS]
    assert sorted(heard) == [10 * thing + more for thing in THINGS for more in (0, 1)]


def test_where_no_process_can_be_started_that_is_told_and_none_is_left() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(
            PidginError, match=r"^a worker process cannot be started: Too many open"
        ):
            list(on_processes(named, THINGS))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert no_children()
