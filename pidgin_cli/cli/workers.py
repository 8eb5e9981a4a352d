"""Workers: processes of which each holds one thing, and does with it what it is told, in order."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from pidgin_cli.cli.cores import end_with
from pidgin_cli.errors import PidginError

_GONE = "a worker process ended before its work was done; the output is not complete"


class Worker:
    """A process of its own around a thing, which it inherits and keeps.

    It ends with this process, however that ends.
    """

    def __init__(self, thing: object) -> None:
        import multiprocessing

        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=_work, args=(thing, theirs, self._connection, os.getpid()), daemon=True
        )
        self._process.start()
        theirs.close()

    def tell(self, method: str, *arguments: Any) -> None:
        """Have a method of the thing called; `result` gives what came of it.

        Raises:
            PidginError: the process is gone.
        """
        try:
            self._connection.send((method, arguments))
        except OSError:
            raise PidginError(_GONE) from None

    def result(self) -> Any:
        """Give what came of the earliest call that was not asked for yet.

        Raises:
            PidginError: the call went wrong, or the process is gone.
        """
        try:
            result, error = self._connection.recv()
        except (EOFError, OSError):
            raise PidginError(_GONE) from None
        if error:
            raise PidginError(error)
        return result

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._process.terminate()
        self._process.join()
        self._connection.close()


def _work(thing: object, connection: Connection, other_end: Connection, parent: int) -> None:
    # Ctrl-C reaches every process of a terminal, and only the first one is to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    other_end.close()
    end_with(parent)
    calls: SimpleQueue[tuple[str, tuple[Any, ...]] | None] = SimpleQueue()
    # What is told is taken at once, so that neither side waits for the other to read.
    threading.Thread(target=_listen, args=(connection, calls), daemon=True).start()
    try:
        while (call := calls.get()) is not None:
            connection.send(_called(thing, *call))
    except OSError:
        # Nobody is there any more who would take it.
        return


def _listen(connection: Connection, calls: SimpleQueue[tuple[str, tuple[Any, ...]] | None]) -> None:
    try:
        while True:
            calls.put(connection.recv())
    except (EOFError, OSError):
        calls.put(None)


def _called(thing: object, method: str, arguments: tuple[Any, ...]) -> tuple[Any, str]:
    try:
        return getattr(thing, method)(*arguments), ""
    except PidginError as error:
        return None, str(error)
    except Exception as error:  # noqa: BLE001 - its words may be those of an event
        return None, f"internal error: {type(error).__name__} in a worker process"
