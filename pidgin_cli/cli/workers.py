"""Workers: processes of which each holds one thing, and does with it what it is told, in order."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pidgin_cli.cli.cores import end_with
from pidgin_cli.errors import PidginError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_GONE = "a worker process ended before its work was done; the output is not complete"


class Workers:
    """Processes of their own around things, which they inherit and keep.

    They end with this process, however that ends. Told something long while it gives something
    long, a worker and this process would wait for each other: what is told is to be short, or the
    worker is to have given all its results.
    """

    def __init__(self, things: Sequence[object]) -> None:
        import multiprocessing

        context = multiprocessing.get_context("fork")
        self._connections: list[Connection] = []
        self._processes = []
        self._results: list[deque[tuple[Any, str]]] = [deque() for _ in things]
        for thing in things:
            ours, theirs = context.Pipe()
            self._connections.append(ours)
            arguments = (thing, theirs, tuple(self._connections), os.getpid())
            process = context.Process(target=_work, args=arguments, daemon=True)
            process.start()
            self._processes.append(process)
            theirs.close()

    def tell(self, worker: int, method: str, *arguments: Any) -> None:
        """Have a method of a worker's thing called; `result` gives what came of it.

        Raises:
            PidginError: the process is gone.
        """
        try:
            self._connections[worker].send((method, arguments))
        except OSError:
            raise PidginError(_GONE) from None

    def result(self, worker: int) -> Any:
        """Give what came of a worker's earliest call that was not asked for yet.

        Raises:
            PidginError: the call went wrong, or a process is gone.
        """
        while not self._results[worker]:
            self._take_results()
        result, error = self._results[worker].popleft()
        if error:
            raise PidginError(error)
        return result

    def end(self) -> None:
        """End the processes, whatever they are doing."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for connection in self._connections:
            connection.close()

    def _take_results(self) -> None:
        """Take what any of them has to give, so that none waits until it is asked."""
        from multiprocessing.connection import wait

        try:
            ready = wait(self._connections)
            for results, connection in zip(self._results, self._connections, strict=True):
                if connection in ready:
                    results.append(connection.recv())
        except (EOFError, OSError):
            raise PidginError(_GONE) from None


def _work(thing: object, connection: Connection, others: Sequence[Connection], parent: int) -> None:
    # Ctrl-C reaches every process of a terminal, and only the first one is to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in others:
        other.close()
    end_with(parent)
    try:
        while True:
            connection.send(_called(thing, *connection.recv()))
    except (EOFError, OSError):
        # Nobody is there any more who would tell it anything.
        return


def _called(thing: object, method: str, arguments: tuple[Any, ...]) -> tuple[Any, str]:
    try:
        return getattr(thing, method)(*arguments), ""
    except PidginError as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001 - its words may be those of an event
        return None, f"internal error: {type(error).__name__} in a worker process"
