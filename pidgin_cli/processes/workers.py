"""Workers: several processes that are told what to do, and heard in any order."""

from __future__ import annotations

import os
import select
import signal
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pidgin_cli.errors import PidginError
from pidgin_cli.processes.worker import Work, Worker, started

_GONE = (
    "a worker process ended before its work was done, and what came of it is not complete; "
    "run it again"
)
_NOT_STARTED = "a worker process cannot be started"
_ON_ONE = "raise the limit (ulimit -u, ulimit -n), or do it on one processor (taskset -c 0)"
_KEPT = 1 << 24
"""Bytes of free memory that a process keeps."""

Say = Callable[[Any], None]
"""Tells the process for which somebody works of what is not the result yet."""


def can_share(count: int) -> bool:
    """Say whether so many processes can share work: more than one, where the system forks."""
    return count > 1 and hasattr(os, "fork")


class Workers:
    """Processes of their own around things, which they inherit and keep.

    They end with this process, however that ends. Told something long while it gives something
    long, a worker and this process would wait for each other: what is told is to be short, or the
    worker is to have given all its results.

    Args:
        heard: is told of what the things say with the `say` that each is given as an attribute,
            before the result of the call in which they say it.

    Raises:
        PidginError: the system lets no process be started.
    """

    def __init__(self, things: Sequence[object], heard: Say | None = None) -> None:
        _keep_memory()
        self._heard = heard
        self._results: list[deque[tuple[Any, PidginError | None]]] = [deque() for _ in things]
        self._workers: list[Worker] = []
        try:
            for thing in things:
                self._workers.append(started(Work(thing, talks=heard is not None)))
        except OSError as error:
            self.end()
            raise PidginError(f"{_NOT_STARTED}: {error.strerror}; {_ON_ONE}") from None

    def tell(self, worker: int, method: str, *arguments: Any) -> None:
        """Have a method of a worker's thing called; `result` gives what came of it.

        Raises:
            PidginError: the process is gone.
        """
        try:
            self._workers[worker].orders.send((method, arguments))
        except (IndexError, OSError):
            raise PidginError(_GONE) from None

    def result(self, worker: int) -> Any:
        """Give what came of a worker's earliest call that was not asked for yet.

        Raises:
            PidginError: the call went wrong, or a process is gone.
        """
        while not self._results[worker]:
            self.take_results()
        result, error = self._results[worker].popleft()
        if error is not None:
            raise error
        return result

    def has_result(self, worker: int) -> bool:
        """Say whether `result` has something to give, or an error to raise, at once."""
        return bool(self._results[worker])

    def take_results(
        self, among: Iterable[int] | None = None, *, waiting: bool = True
    ) -> list[int]:
        """Take what any of them has to give, so that none waits until it is asked.

        Args:
            among: those of which something is taken, all unless said.
            waiting: whether to wait until one of them has something to give.

        Returns:
            Those of which there is one result more.

        Raises:
            PidginError: a process is gone.
        """
        if not self._workers:
            raise PidginError(_GONE)
        poll = select.poll()
        asked = range(len(self._workers)) if among is None else among
        numbers = {self._workers[each].results.source: each for each in asked}
        for descriptor in numbers:
            poll.register(descriptor, select.POLLIN)
        ready = [numbers[descriptor] for descriptor, _ in poll.poll(None if waiting else 0)]
        return [number for number in ready if self._has_result(number)]

    def _has_result(self, number: int) -> bool:
        """Take what a worker has to give, and say whether it was a result."""
        try:
            is_result, given = self._workers[number].results.receive()
        except (EOFError, OSError):
            raise PidginError(_GONE) from None
        if is_result:
            self._results[number].append(given)
        elif self._heard is not None:
            self._heard(given)
        return bool(is_result)

    def end(self) -> None:
        """End the processes, whatever they are doing."""
        workers, self._workers = self._workers, []
        for worker in workers:
            # One that was just about to wait for orders may not hear the signal, but sees this.
            worker.close()
            os.kill(worker.process, signal.SIGTERM)
        for worker in workers:
            os.waitpid(worker.process, 0)


def _keep_memory() -> None:
    """Have freed memory used again, by this process and those that it starts.

    Else glibc gives it back at once, and each page of it costs time when it is needed again. It
    takes the largest piece that was ever freed for what comes and goes; nothing is written to it.
    """
    bytes(_KEPT)
