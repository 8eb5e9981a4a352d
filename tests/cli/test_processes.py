from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from pidgin_cli.cli import processes
from pidgin_cli.cli.cores import cores
from pidgin_cli.cli.processes import on_processes
from pidgin_cli.errors import PidginError, UsageError

pytestmark = pytest.mark.skipif(cores() < 2, reason="there is one processor only")


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


def test_another_process_makes_them() -> None:
    makers = set(on_processes(lambda thing: [os.getpid()], THINGS))
    assert (os.getpid() in makers, len(makers) <= cores()) == (False, True)


def test_one_thing_is_done_by_this_process() -> None:
    assert list(on_processes(lambda thing: [os.getpid()], [1])) == [os.getpid()]


def test_they_come_in_order_where_few_may_be_held_or_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "HELD", 1)
    monkeypatch.setattr(processes, "_WAITING", 1)
    assert list(on_processes(named, THINGS)) == ALL


def test_what_is_made_ahead_of_its_turn_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "HELD", 100_000)
    crew = processes._Crew(lambda thing: (b"x" * 50_000 for _ in range(60)), range(4))
    try:
        held = [crew._size for _ in crew.made()]
    finally:
        crew.end()
    assert (len(held), max(held) <= 100_000 + 2 * 51_000) == (240, True)


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

    with pytest.raises(PidginError, match="the output is not complete"):
        list(on_processes(dying, THINGS))
    assert no_children()


def test_whoever_stops_early_leaves_no_process_behind() -> None:
    made = on_processes(named, THINGS)
    next(made)
    made.close()  # type: ignore[attr-defined]
    assert no_children()
