"""The same for many things: in their order, whoever does them and however long each takes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from pidgin_cli.cli import cores
from pidgin_cli.cli.cores import on_processes
from pidgin_cli.errors import LockedError, PidginError


@pytest.fixture(params=[1, 2, 4], autouse=True)
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(cores, "cores", lambda: request.param)
    number: int = request.param
    return number


def squared(number: int) -> int:
    time.sleep(0.001 * (number % 3))
    return number * number


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_what_is_made_comes_in_the_order_of_the_things(count: int) -> None:
    assert [(n, n * n) for n in range(count)] == list(on_processes(squared, range(count)))


def test_as_many_processes_work_as_there_are_processors(processors: int) -> None:
    def who(number: int) -> int:
        time.sleep(0.005)
        return os.getpid()

    workers = {process for _, process in on_processes(who, range(40))}
    assert (processors, processors == 1) == (len(workers), os.getpid() in workers)


def test_what_is_large_is_handed_over_whole() -> None:
    made = dict(on_processes(lambda number: bytes([number]) * 3_000_000, range(5)))
    assert {number: bytes([number]) * 3_000_000 for number in range(5)} == made


def test_an_error_is_raised_as_it_was_behind_what_came_before_it() -> None:
    def work(number: int) -> int:
        if number == 3:
            raise LockedError("3 is busy")
        return number

    made = on_processes(work, range(6))
    assert [0, 1, 2] == [next(made)[1] for _ in range(3)]
    with pytest.raises(LockedError, match=r"^3 is busy$"):
        next(made)


def test_a_process_that_dies_is_an_error(processors: int) -> None:
    if processors == 1:
        pytest.skip("it would be this one")
    with pytest.raises(PidginError, match="a worker process ended before its work was done"):
        list(on_processes(lambda number: os._exit(number), range(6)))


def test_what_the_work_says_meanwhile_is_heard() -> None:
    def work(number: int, say: Callable[[int], None]) -> int:
        say(10 * number)
        say(10 * number + 1)
        return number

    heard: list[int] = []
    assert [*range(6)] == [made for _, made in on_processes(work, range(6), heard.append)]
    assert [10 * n + more for n in range(6) for more in (0, 1)] == sorted(heard)
