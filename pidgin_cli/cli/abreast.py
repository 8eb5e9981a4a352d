"""Logs that are read by several processes at once where that is quicker, with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.reading import Reading, Reports, bytes_there
from pidgin_cli.errors import ExitStatus
from pidgin_cli.processes.cores import cores
from pidgin_cli.processes.crew import on_processes
from pidgin_cli.store.sources import Source

_MUCH = 4_000_000
"""Bytes of logs from which on it is quicker to share them among processes."""
_PIECE = 1 << 18
"""Bytes that are worth handing over."""

Make = Callable[[Source, Reading], Iterable[Any]]
"""Gives what is made of a log; a function of what is read of it alone."""
Pack = Callable[[Iterable[Any]], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class _Read:
    """How the reading of a log went, and what is to be told of it."""

    status: ExitStatus
    told: Sequence[str]


class Abreast:
    """Makes something of each log, given in the order of the logs.

    `told` counts what was told of logs that other processes read.

    Args:
        reading: reads them where that is done by this process.
        skim: as for a reading.
    """

    def __init__(self, reading: Reading, skim: frozenset[str] = frozenset()) -> None:
        self._reading = reading
        self._skim = skim
        self._statuses: list[ExitStatus] = []
        self.told = 0

    @property
    def status(self) -> ExitStatus:
        """How the reading of all logs went."""
        return ExitStatus.worst([self._reading.status, *self._statuses])

    def made(self, sources: Sequence[Source], make: Make, pack: Pack) -> Iterator[Any]:
        """Give what is made of all logs.

        Args:
            pack: makes few pieces of what another process makes, for each is handed over.
        """
        if not are_much(sources):
            for source in sources:
                yield from make(source, self._reading)
            return

        def apart(source: Source) -> Iterator[Any]:
            told: list[str] = []
            reading = Reading(reports=Reports(told.append), skim=self._skim)
            yield from pack(make(source, reading))
            yield _Read(reading.status, told)

        for piece in on_processes(apart, sources):
            if isinstance(piece, _Read):
                self._statuses.append(piece.status)
                self.told += len(piece.told)
                for words in piece.told:
                    complain(words)
            else:
                yield piece


def are_much(sources: Sequence[Source]) -> bool:
    """Say whether there are several logs, all there already, that are worth several processes."""
    if min(len(sources), cores()) < 2 or any(source.path is None for source in sources):
        return False
    return (bytes_there(sources) or 0) >= _MUCH


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Give the same bytes in pieces that are worth handing over."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
