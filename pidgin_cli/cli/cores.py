"""The processors of this machine: how many, threads on them, and processes that end with us."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
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


def end_with(parent: int) -> None:
    """See to it that this process does not outlive its parent."""
    threading.Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _wait_for_end(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_AFTER)
    os._exit(1)
