"""Doing the same for many things on all processors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from pidgin_cli.errors import PidginError

Given = TypeVar("Given")
Made = TypeVar("Made")


def cores() -> int:
    """Give how many processors this process may use."""
    asked = getattr(os, "sched_getaffinity", None)
    return len(asked(0)) if asked else os.cpu_count() or 1


def on_threads(
    work: Callable[[Given], Made], things: Iterable[Given]
) -> Iterator[tuple[Given, Made | PidginError]]:
    """Give what the work makes of each thing, or its error, in their order.

    For work that is done outside of Python.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(cores()) as executor:
        working = [(thing, executor.submit(work, thing)) for thing in things]
        try:
            for thing, future in working:
                try:
                    yield thing, future.result()
                except PidginError as error:
                    yield thing, error
        finally:
            executor.shutdown(cancel_futures=True)


def on_processes(
    work: Callable[[Given], Made], things: Sequence[Given]
) -> Iterator[tuple[Given, Made]]:
    """Give what the work makes of each thing, in their order.

    Args:
        work: a function of a module; what it takes and makes is handed over as pickles.
    """
    if min(len(things), cores()) < 2:
        yield from ((thing, work(thing)) for thing in things)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    methods = multiprocessing.get_all_start_methods()
    # There are no other threads here that a fork could catch in the middle of something.
    context = multiprocessing.get_context("fork" if "fork" in methods else None)
    with ProcessPoolExecutor(min(len(things), cores()), mp_context=context) as executor:
        yield from zip(things, executor.map(work, things), strict=True)
