"""Reading many new logs at once: other processes make the parts of the index that they are."""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import selectors
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, Any

from pidgin_cli.errors import StoreError
from pidgin_cli.index.logs import Unpack
from pidgin_cli.index.parts import Part, Task, made_of

MOST_WORKERS = 8
_AHEAD = 2
"""Shares that a worker is given at once, so that it never waits for the next one."""
_PIPE = 1 << 20
"""Bytes of a part that wait to be read, for each worker."""
_NUMBER = 8
"""Bytes of a number in a pipe."""

Shares = Sequence[Sequence[Task]]


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that makes parts.

    Args:
        asked: takes the numbers of the shares that it is to make.
        made: gives what it made of them.
    """

    pid: int
    asked: IO[bytes]
    made: IO[bytes]

    def ask(self, number: int | None) -> None:
        """Ask for one more share; for None, let it come to its end."""
        # That it is not there any more shows when nothing comes from it.
        with suppress(BrokenPipeError):
            if number is None:
                self.asked.close()
            else:
                self.asked.write(_as_bytes(number))

    def give(self) -> tuple[int, Part] | None:
        """Give the number of a share and its part, once it is made; None at the end."""
        said, rows = _received(self.made), _received(self.made)
        if not said or not rows:
            return None
        number, told = pickle.loads(said)
        return number, Part(rows, told)

    def see_off(self) -> None:
        """Take leave of it at its end.

        Raises:
            StoreError: it had not done its work.
        """
        self.asked.close()
        self.made.close()
        if os.waitpid(self.pid, 0)[1] != 0:
            raise StoreError("a process that read logs came to an end too early")

    def end(self) -> None:
        """Bring it to its end, whatever it does."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(StoreError):
            self.see_off()


def made_by_a_crew(shares: Shares, unpack: Unpack, cores: int) -> Iterator[Part]:
    """Give the parts that several processes make of the shares, in the order of the shares.

    What is held are the parts that were made before the one whose turn it is.

    Raises:
        StoreError: a process cannot be started, or came to an end before its work did.
    """
    crew: list[Worker] = []
    try:
        for _ in range(min(cores, MOST_WORKERS, len(shares))):
            crew.append(_start(shares, unpack))
    except OSError as error:
        for worker in crew:
            worker.end()
        raise StoreError(f"a process that reads logs cannot be started: {error.strerror}") from None
    early: dict[int, Part] = {}
    turn = 0
    with closing(_as_they_come(crew, len(shares))) as coming:
        for number, part in coming:
            early[number] = part
            while turn in early:
                yield early.pop(turn)
                turn += 1


def _as_they_come(crew: list[Worker], number: int) -> Generator[tuple[int, Part], None, None]:
    """Have so many shares made, and give the number of each and its part."""
    left = iter(range(number))
    with selectors.DefaultSelector() as selector:
        for worker in crew:
            selector.register(worker.made, selectors.EVENT_READ, worker)
        try:
            for worker in crew * _AHEAD:
                worker.ask(next(left, None))
            while selector.get_map():
                for key, _ in selector.select():
                    made = key.data.give()
                    if made is None:
                        selector.unregister(key.fileobj)
                        key.data.see_off()
                    else:
                        key.data.ask(next(left, None))
                        yield made
        finally:
            for key in list(selector.get_map().values()):
                key.data.end()


def _start(shares: Shares, unpack: Unpack) -> Worker:
    asked, ask = os.pipe()
    readable, writable = os.pipe()
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        # More than the system allows to everybody is not worth failing for.
        with suppress(OSError):
            fcntl.fcntl(writable, fcntl.F_SETPIPE_SZ, _PIPE)
    pid = os.fork()
    if pid == 0:
        _work_and_exit(shares, unpack, asked, writable)
    os.close(asked)
    os.close(writable)
    # Unbuffered, so that what is there is known to the selector.
    return Worker(pid, open(ask, "wb", buffering=0), open(readable, "rb", buffering=0))


def _work_and_exit(shares: Shares, unpack: Unpack, asked: int, writable: int) -> None:
    """Do the work in a process of its own; the files of the other one are none of its business."""
    status = 1
    try:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_DFL)
        for lower, upper in pairwise((2, *sorted((asked, writable)), writable + 1024)):
            os.closerange(lower + 1, upper)
        # What is made here holds nothing that holds itself.
        gc.disable()
        with open(asked, "rb", buffering=0) as numbers, open(writable, "wb") as pipe:
            while number := _exactly(numbers, _NUMBER):
                share = int.from_bytes(number, "little")
                part = made_of(shares[share], unpack)
                for data in (pickle.dumps((share, part.told)), part.rows):
                    pipe.write(_as_bytes(len(data)))
                    pipe.write(data)
                pipe.flush()
        status = 0
    finally:
        os._exit(status)


def _as_bytes(number: int) -> bytes:
    return number.to_bytes(_NUMBER, "little")


def _received(stream: Any) -> bytes:
    """Give what was sent behind its length; nothing where a process that died left half of it."""
    size = int.from_bytes(_exactly(stream, _NUMBER), "little")
    data = _exactly(stream, size)
    return data if len(data) == size else b""


def _exactly(stream: Any, size: int) -> bytes:
    """Give that many bytes, or those that come before the end."""
    pieces: list[bytes] = []
    length = 0
    while length < size and (data := stream.read(size - length)):
        pieces.append(data)
        length += len(data)
    return b"".join(pieces)
