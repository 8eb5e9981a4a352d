"""Work on many things in processes of our own; what they make is given in the things' order."""

from __future__ import annotations

import pickle
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pidgin_cli.processes.cores import cores
from pidgin_cli.processes.workers import Say, Workers, can_share

Given = TypeVar("Given")
Made = TypeVar("Made")

HELD = 1 << 25
"""Bytes that are held of what was made before its turn; past them, those who make it wait."""
_AHEAD = 2
"""Things that a process is told of before it has done the first of them."""


def on_processes(
    work: Callable[..., Iterable[Made]],
    things: Sequence[Given],
    heard: Say | None = None,
    count: int | None = None,
) -> Generator[Made]:
    """Give what the work makes of each thing, piece by piece, in the order of the things.

    The processes end with this one, however it ends.

    Args:
        work: is given one of the things; gives pieces that are not small, for each is handed over
            as a pickle.
        heard: is told at once of what the work says with a `say` that it is given as well.
        count: of the processes, at most; one for each processor unless said.

    Raises:
        PidginError: the work raised it, or a process is gone.
    """
    count = min(len(things), cores() if count is None else count)
    if not can_share(count):
        for thing in things:
            yield from work(thing) if heard is None else work(thing, heard)
        return
    crew = _Crew(work, things, heard, count)
    try:
        yield from crew.made()
    finally:
        crew.end()


class _Crew:
    """The processes, and what has come of them before its turn."""

    def __init__(
        self,
        work: Callable[..., Iterable[Any]],
        things: Sequence[Any],
        heard: Say | None,
        count: int,
    ) -> None:
        labour = _Work(work, things, talks=heard is not None)
        self._heard = heard
        self._held: dict[int, deque[bytes]] = defaultdict(deque)
        self.size = 0
        self._waiting = iter(range(len(things)))
        self._doing: list[int] = []
        self._count = count
        self._workers = Workers([labour] * count, self._take)

    def made(self) -> Iterator[Any]:
        """Give all pieces of the first thing, then those of the next one."""
        for worker in [*range(self._count)] * _AHEAD:
            self._tell(worker)
        # `_doing` grows as things are told of, each by the number of its worker.
        for number, worker in enumerate(self._doing):
            held = self._held[number]
            while held or not self._workers.has_result(worker):
                if held:
                    piece = held.popleft()
                    self.size -= len(piece)
                    yield pickle.loads(piece)
                else:
                    self._wait(worker)
            self._workers.result(worker)
            del self._held[number]

    def end(self) -> None:
        """End the processes, whatever they are doing."""
        self._workers.end()

    def _tell(self, worker: int) -> None:
        """Tell a worker of the next thing, if there is one."""
        number = next(self._waiting, None)
        if number is not None:
            self._workers.tell(worker, "made", number)
            self._doing.append(worker)

    def _wait(self, awaited: int) -> None:
        """Wait for what comes next; where much is held, for the awaited worker alone."""
        among = [awaited] if self.size >= HELD else None
        for worker in self._workers.take_results(among):
            self._tell(worker)

    def _take(self, said: tuple[int | None, Any]) -> None:
        """Take in a piece, or pass on what the work says."""
        number, said_of_it = said
        if number is not None:
            self._held[number].append(said_of_it)
            self.size += len(said_of_it)
        elif self._heard is not None:
            self._heard(said_of_it)


class _Work:
    """Work on things that a process knows, so that it is told no more than their numbers."""

    say: Say

    def __init__(
        self, work: Callable[..., Iterable[Any]], things: Sequence[Any], *, talks: bool
    ) -> None:
        self._work = work
        self._things = things
        self._talks = talks

    def made(self, number: int) -> None:
        """Say each piece that the work makes of the thing of that number."""
        told = (lambda value: self.say((None, value)),) if self._talks else ()
        for piece in self._work(self._things[number], *told):
            self.say((number, pickle.dumps(piece, pickle.HIGHEST_PROTOCOL)))
