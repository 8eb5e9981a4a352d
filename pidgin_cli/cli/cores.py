"""Doing the same for many things on all processors."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from pidgin_cli.errors import PidginError

Given = TypeVar("Given")
Made = TypeVar("Made")

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
    work: Callable[[Given], Made], things: Sequence[Given]
) -> Iterator[tuple[Given, Made]]:
    """Give what the work makes of each thing, in their order.

    The processes end with this one, however it ends.

    Args:
        work: a function of a module; what it takes and makes is handed over as pickles.
    """
    if min(len(things), cores()) < 2:
        yield from ((thing, work(thing)) for thing in things)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    methods = multiprocessing.get_all_start_methods()
    executor = ProcessPoolExecutor(
        min(len(things), cores()),
        # There are no other threads here that a fork could catch in the middle of something.
        multiprocessing.get_context("fork" if "fork" in methods else None),
        initializer=_work_for,
        initargs=(os.getpid(),),
    )
    try:
        yield from zip(things, executor.map(work, things), strict=True)
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _work_for(parent: int) -> None:
    # Ctrl-C reaches every process of a terminal, and only the first one is to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with(parent)


def end_with(parent: int) -> None:
    """See to it that this process does not outlive its parent."""
    threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_AFTER)
    os._exit(1)
