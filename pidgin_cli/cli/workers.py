"""Workers: processes of which each holds one thing, and does with it what it is told, in order."""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

from pidgin_cli.errors import PidginError
from pidgin_cli.files.descriptors import write_all

_GONE = "a worker process ended before its work was done; the output is not complete"
_NOT_STARTED = "a worker process cannot be started"
_ON_ONE = "raise the limit (ulimit -u, ulimit -n), or do it on one processor (taskset -c 0)"
_ROOM = 1 << 20
"""Bytes that a pipe holds where the system lets it, so that those at its ends seldom wait."""
_SIZE = 8
"""Bytes before each message, which say how long it is."""
_SEARCHED_AFTER = 20_000
"""Objects made, and not freed, after which a worker looks for rings among them."""
_LOOKS_AFTER = 0.5
"""Seconds after which a worker sees whether the process that it works for is still there."""

_KEPT = 1 << 24
"""Bytes of free memory that a process keeps."""

Say = Callable[[Any], None]
"""Tells the process for which somebody works of what is not the result yet."""


class _Pipe:
    """Messages in one direction, between this process and one that it starts."""

    def __init__(self) -> None:
        self.source, self.sink = os.pipe()
        resize = getattr(fcntl, "F_SETPIPE_SZ", None)
        if resize is not None:
            with suppress(OSError):
                fcntl.fcntl(self.sink, resize, _ROOM)

    def send(self, message: object) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        write_all(self.sink, len(data).to_bytes(_SIZE, "little") + data)

    def receive(self) -> Any:
        """Give the next message.

        Raises:
            EOFError: nobody is there any more who could send one.
        """
        size = int.from_bytes(self._exactly(_SIZE), "little")
        return pickle.loads(self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(self.source, size)
            if not piece:
                raise EOFError
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


class _Worker(NamedTuple):
    """A process, and the pipes by which it is told what to do and gives what came of it."""

    process: int
    orders: _Pipe
    results: _Pipe

    def close(self) -> None:
        """Let go of this process's ends of the pipes."""
        os.close(self.orders.sink)
        os.close(self.results.source)


class _Work(NamedTuple):
    """What a process is started for: its thing, what that does first, and whether it talks."""

    thing: Any
    first: str | None
    talks: bool

    def begin(self, results: _Pipe) -> None:
        """Do what comes before all that it is told."""
        if self.talks:
            self.thing.say = lambda value: results.send((False, value))
        if self.first is not None:
            # What is wrong with it, the first call meets again.
            self.called(self.first, ())

    def called(self, method: str, arguments: tuple[Any, ...]) -> tuple[Any, PidginError | None]:
        """Give what a method of the thing gives, and what it raises."""
        try:
            return getattr(self.thing, method)(*arguments), None
        except PidginError as error:
            return None, error
        except Exception as error:  # noqa: BLE001 - its words may be those of an event
            return None, PidginError(f"internal error: {type(error).__name__} in a worker process")


class Workers:
    """Processes of their own around things, which they inherit and keep.

    They end with this process, however that ends. Told something long while it gives something
    long, a worker and this process would wait for each other: what is told is to be short, or the
    worker is to have given all its results.

    Args:
        heard: is told of what the things say with the `say` that each is given as an attribute,
            before the result of the call in which they say it.
        first: a method that each thing calls before it is told anything; nothing comes of it.

    Raises:
        PidginError: the system lets no process be started.
    """

    def __init__(
        self, things: Sequence[object], heard: Say | None = None, first: str | None = None
    ) -> None:
        _keep_memory()
        self._heard = heard
        self._results: list[deque[tuple[Any, PidginError | None]]] = [deque() for _ in things]
        self._workers: list[_Worker] = []
        try:
            for thing in things:
                work = _Work(thing, first, talks=heard is not None)
                self._workers.append(_started(work, self._workers))
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


def _started(work: _Work, others: Iterable[_Worker]) -> _Worker:
    orders, results = _Pipe(), _Pipe()
    parent = os.getpid()
    process = os.fork()
    if process == 0:
        _work_and_exit(work, _Worker(parent, orders, results), others)
    os.close(orders.source)
    os.close(results.sink)
    return _Worker(process, orders, results)


def _work_and_exit(work: _Work, worker: _Worker, others: Iterable[_Worker]) -> NoReturn:
    """Do what a worker does, until nobody is there any more who would tell it anything.

    Args:
        worker: itself, with the process that it works for.
    """
    try:
        # Ctrl-C, and the end of a terminal, reach all its processes; only the first is to answer.
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        for each in (*others, worker):
            each.close()
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


def _leave(number: int, frame: object) -> NoReturn:
    # What is half made is taken away first.
    raise SystemExit


def _wait_for_end(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOKS_AFTER)
    os.kill(os.getpid(), signal.SIGTERM)
