"""Work on many things in processes of our own; what they make is given in the things' order."""

from __future__ import annotations

import fcntl
import gc
import os
import pickle
import select
import signal
import struct
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from pidgin_cli.cli.cores import cores, end_with
from pidgin_cli.errors import PidginError

Given = TypeVar("Given")
Made = TypeVar("Made")

HELD = 1 << 25
"""Bytes that are held of what was made before its turn; past them, those who make it wait."""
_WAITING = 4096
"""Things that wait for a process which takes them: their numbers have room in any pipe."""
_ROOM = 1 << 20
"""Bytes that a pipe holds, so that those at its ends seldom wait for each other."""
_GONE = "a worker process ended before its work was done; the output is not complete"
_NUMBER = struct.Struct("=I")
_HEAD = struct.Struct("=IBQ")
_BEGUN, _PIECE, _ENDED, _FAILED = range(4)


def on_processes(
    work: Callable[[Given], Iterable[Made]], things: Sequence[Given]
) -> Iterator[Made]:
    """Give what the work makes of each thing, piece by piece, in the order of the things.

    There is a process for each processor, and they end with this one, however it ends.

    Args:
        work: gives pieces that are not small, for each is handed over as a pickle.

    Raises:
        PidginError: the work raised it, or a process is gone.
    """
    if min(len(things), cores()) < 2 or not hasattr(os, "fork"):
        for thing in things:
            yield from work(thing)
        return
    crew = _Crew(work, things)
    try:
        yield from crew.made()
    finally:
        crew.end()


class _Crew:
    """The processes, and what has come of them before its turn."""

    def __init__(self, work: Callable[[Given], Iterable[Made]], things: Sequence[Given]) -> None:
        self._count = len(things)
        self._next = 0
        self._tickets, self._issuing = os.pipe()
        self._pipes: list[int] = []
        self._children: list[int] = []
        self._poll = select.poll()
        self._held: dict[int, deque[bytes]] = defaultdict(deque)
        self._size = 0
        self._doing: dict[int, int] = {}
        self._ended: set[int] = set()
        parent = os.getpid()
        for _ in range(min(cores(), len(things))):
            ours, theirs = _pipe()
            child = os.fork()
            if child == 0:
                for descriptor in (ours, self._issuing, *self._pipes):
                    os.close(descriptor)
                _labour(work, things, self._tickets, theirs, parent)
            os.close(theirs)
            self._children.append(child)
            self._pipes.append(ours)
            self._poll.register(ours, select.POLLIN)
        for _ in range(min(_WAITING, len(things))):
            self._issue()

    def made(self) -> Iterator[Any]:
        """Give all pieces of the first thing, then those of the next one."""
        for number in range(self._count):
            held = self._held[number]
            while held or number not in self._ended:
                if held:
                    piece = held.popleft()
                    self._size -= len(piece)
                    yield pickle.loads(piece)
                else:
                    self._take(number)
            del self._held[number]

    def end(self) -> None:
        """End the processes, whatever they are doing."""
        for child in self._children:
            os.kill(child, signal.SIGTERM)
        for child in self._children:
            os.waitpid(child, 0)
        for descriptor in (self._tickets, self._issuing, *self._pipes):
            os.close(descriptor)

    def _issue(self) -> None:
        """Let a process take the next thing, if there is one."""
        if self._next < self._count:
            os.write(self._issuing, _NUMBER.pack(self._next))
            self._next += 1

    def _take(self, awaited: int) -> None:
        """Take what comes next; of much that is not awaited, no more."""
        if self._size >= HELD and awaited in self._doing:
            self._take_from(self._doing[awaited])
            return
        for pipe, _ in self._poll.poll():
            self._take_from(pipe)

    def _take_from(self, pipe: int) -> None:
        number, what, size = _HEAD.unpack(_read(pipe, _HEAD.size))
        content = _read(pipe, size)
        if what == _BEGUN:
            self._doing[number] = pipe
        elif what == _PIECE:
            self._held[number].append(content)
            self._size += size
        elif what == _ENDED:
            del self._doing[number]
            self._ended.add(number)
            self._issue()
        else:
            error: PidginError = pickle.loads(content)
            raise error


def _pipe() -> tuple[int, int]:
    """Give the ends of a pipe, one that holds much where the system lets it."""
    ours, theirs = os.pipe()
    resize = getattr(fcntl, "F_SETPIPE_SZ", None)
    if resize is not None:
        with suppress(OSError):
            fcntl.fcntl(theirs, resize, _ROOM)
    return ours, theirs


def _read(pipe: int, size: int) -> bytes:
    pieces = []
    while size:
        piece = os.read(pipe, size)
        if not piece:
            raise PidginError(_GONE)
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _labour(
    work: Callable[[Given], Iterable[Made]],
    things: Sequence[Given],
    tickets: int,
    pipe: int,
    parent: int,
) -> NoReturn:
    """Take thing after thing, tell of what is made of each, and end without coming back."""
    try:
        # Ctrl-C reaches every process of a terminal, and only the first one is to answer.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with(parent)
        # What is there by now stays: looking through it would only copy its pages.
        gc.freeze()
        with os.fdopen(pipe, "wb") as made:
            while ticket := os.read(tickets, _NUMBER.size):
                (number,) = _NUMBER.unpack(ticket)
                made.write(_HEAD.pack(number, _BEGUN, 0))
                for what, content in _told(work, things[number]):
                    made.write(_HEAD.pack(number, what, len(content)))
                    made.write(content)
                made.flush()
    finally:
        os._exit(0)


def _told(work: Callable[[Given], Iterable[Made]], thing: Given) -> Iterator[tuple[int, bytes]]:
    try:
        for piece in work(thing):
            yield _PIECE, pickle.dumps(piece)
        yield _ENDED, b""
    except PidginError as error:
        yield _FAILED, pickle.dumps(error)
    except Exception as error:  # noqa: BLE001 - its words may be those of an event
        words = f"internal error: {type(error).__name__} in a worker process"
        yield _FAILED, pickle.dumps(PidginError(words))
