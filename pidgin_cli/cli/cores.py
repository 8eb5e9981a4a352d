"""Doing the same for many things on all processors."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from pidgin_cli.cli.workers import Say, Workers, unheard
from pidgin_cli.errors import PidginError

Given = TypeVar("Given")
Made = TypeVar("Made")

_AHEAD = 2
"""Things that a process is told of before it has done the first of them."""
_LOOKS_AFTER = 0.5
"""Seconds after which a process sees whether the one that it works for is still there."""


def cores() -> int:
    """Give how many processors this process may use."""
    asked = getattr(os, "sched_getaffinity", None)
    return len(asked(0)) if asked else os.cpu_count() or 1


def on_threads(
    work: Callable[[Given], Made], things: Iterable[Given]
) -> Iterator[tuple[Given, Made | PidginError]]:
    """Give what the work makes of each thing, or its error, in their order.

    For work that is done outside of Python. Whoever interrupts it does not wait for its end.
    """
    from concurrent.futures import ThreadPoolExecutor

    executor = ThreadPoolExecutor(cores())
    try:
        working = [(thing, executor.submit(work, thing)) for thing in things]
        for thing, future in working:
            try:
                yield thing, future.result()
            except PidginError as error:
                yield thing, error
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def on_processes(
    work: Callable[..., Made], things: Sequence[Given], heard: Say | None = None
) -> Iterator[tuple[Given, Made]]:
    """Give what the work makes of each thing, in their order.

    The processes end with this one, however it ends.

    Args:
        work: is given one of the things; what it makes is handed over as a pickle.
        heard: is told of what the work says meanwhile with a `say` that it is given as well.

    Raises:
        PidginError: the work did, or a process is gone.
    """
    if min(len(things), cores()) < 2 or not hasattr(os, "fork"):
        alone = _Work(work, things, heard)
        yield from ((thing, alone.made(number)) for number, thing in enumerate(things))
        return
    count = min(len(things), cores())
    workers = Workers([_Work(work, things, heard and unheard) for _ in range(count)], heard)
    try:
        yield from zip(things, _made(workers, count, len(things)), strict=True)
    finally:
        workers.end()


class _Work:
    """Work on things that a process knows, so that it is told no more than their numbers."""

    def __init__(self, work: Callable[..., Made], things: Sequence[Given], say: Say | None) -> None:
        self._work = work
        self._things = things
        self.say = say

    def made(self, number: int) -> Any:
        """Give what the work makes of the thing of that number."""
        thing = self._things[number]
        return self._work(thing) if self.say is None else self._work(thing, self.say)


def _made(workers: Workers, count: int, things: int) -> Iterator[Any]:
    """Give what workers make of each thing; who has done one is told of the next."""
    waiting = iter(range(things))
    doing: list[int] = []

    def tell(worker: int) -> None:
        for number in islice(waiting, 1):
            workers.tell(worker, "made", number)
            doing.append(worker)

    for worker in [*range(count)] * _AHEAD:
        tell(worker)
    done = [0] * count
    # `doing` grows as things are told of, each by the number of its worker.
    for worker in doing:
        while not done[worker]:
            for each in workers.take_results():
                done[each] += 1
                tell(each)
        done[worker] -= 1
        yield workers.result(worker)


def end_with(parent: int) -> None:
    """See to it that this process does not outlive its parent."""
    threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_AFTER)
    os._exit(1)
