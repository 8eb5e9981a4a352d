"""The processors of this machine: how many, and threads for work that is done outside of Python."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
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
) -> Generator[tuple[Given, Made | PidginError]]:
    """Give what the work makes of each thing, or its error, in their order.

    For work that is done outside of Python. Whoever interrupts it waits for what is begun, which
    then leaves nothing half made behind, and for nothing else.
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
        executor.shutdown(cancel_futures=True)
