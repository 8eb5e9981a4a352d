"""A worker: a process that holds one thing, and does with it what it is told, in order."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

from pidgin_cli.errors import PidginError, shortage
from pidgin_cli.processes.pipe import Pipe

_SEARCHED_AFTER = 20_000
"""Objects made, and not freed, after which a worker looks for rings among them."""
_LOOKS_AFTER = 0.5
"""Seconds after which a worker sees whether the process that it works for is still there."""
_DESCRIPTORS = 1024
"""Descriptors among which a process looks for open ones where the system does not list them."""


class Worker(NamedTuple):
    """A process, and the pipes by which it is told what to do and gives what came of it."""

    process: int
    orders: Pipe
    results: Pipe

    def close(self) -> None:
        """Let go of this process's ends of the pipes."""
        os.close(self.orders.sink)
        os.close(self.results.source)


class Work(NamedTuple):
    """What a process is started for: its thing, and whether that talks."""

    thing: Any
    talks: bool

    def begin(self, results: Pipe) -> None:
        """Let the thing talk, if it is one that does."""
        if self.talks:
            self.thing.say = lambda value: results.send((False, value))

    def called(self, method: str, arguments: tuple[Any, ...]) -> tuple[Any, PidginError | None]:
        """Give what a method of the thing gives, and what it raises."""
        try:
            return getattr(self.thing, method)(*arguments), None
        except PidginError as error:
            return None, error
        except Exception as error:  # noqa: BLE001 - its words may be those of an event
            internal = f"internal error: {type(error).__name__} in a worker process"
            return None, shortage(error) or PidginError(internal)


def started(work: Work) -> Worker:
    """Start a process that does what it is told until nobody is there who would tell it anything.

    Raises:
        OSError: the system lets no process be started.
    """
    orders, results = Pipe(), Pipe()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        _work_and_exit(work, Worker(parent, orders, results))
    os.close(orders.source)
    os.close(results.sink)
    return Worker(process, orders, results)


def _work_and_exit(work: Work, worker: Worker) -> NoReturn:
    """Do what a worker does.

    Args:
        worker: itself, with the process that it works for.
    """
    try:
        # Ctrl-C, and the end of a terminal, reach all its processes; only the first is to answer.
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        _close_all_but(worker.orders.source, worker.results.sink)
        # Where no thread is allowed, the end shows when the worker next turns to its pipes.
        with suppress(RuntimeError):
            threading.Thread(target=_wait_for_end, args=(worker.process,), daemon=True).start()
        # What is there by now stays: looking through it would only copy its pages.
        gc.freeze()
        # Events come and go by themselves; few rings are made that a search would have to find.
        gc.set_threshold(_SEARCHED_AFTER)
        work.begin(worker.results)
        while True:
            worker.results.send((True, work.called(*worker.orders.receive())))
    finally:
        # What the other process still has to do and to say is none of its business.
        os._exit(0)


def _close_all_but(*pipes: int) -> None:
    """Close what the other process has opened: what that has locked is free as soon as it ends.

    What the shell has given to both, as in <(…), can still be read.
    """
    for descriptor in _open_descriptors():
        # That of the folder that was listed is closed already.
        with suppress(OSError):
            if descriptor not in pipes and not os.get_inheritable(descriptor):
                os.close(descriptor)


def _open_descriptors() -> Iterable[int]:
    try:
        return [int(name) for name in os.listdir("/dev/fd")]
    except OSError:
        return range(_DESCRIPTORS)


def _leave(number: int, frame: object) -> NoReturn:
    # What is half made is taken away first, and a further signal is not to stop that.
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit


def _wait_for_end(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_AFTER)
    os.kill(os.getpid(), signal.SIGTERM)
