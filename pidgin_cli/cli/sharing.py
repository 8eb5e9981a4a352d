"""Sharing: one redaction done by several processes, of which each has experiments of its own.

What comes out of an experiment depends on nothing but its own lines, so that the pieces, put
together in the order in which they came in, are what one process would have given.
"""

from __future__ import annotations

import mmap
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from pidgin_cli.cli.reading import bytes_there
from pidgin_cli.filters.redact import Redact
from pidgin_cli.filters.redaction.stretches import Stretch, stretches
from pidgin_cli.filters.redaction.taking import Seen
from pidgin_cli.processes.cores import cores
from pidgin_cli.processes.workers import Workers, can_share
from pidgin_cli.store.sources import Source

SLOT = 1 << 19
"""Bytes of a block that fits into the memory that is shared: more than is read at once."""
SLOTS = 32
"""Blocks that are taken in before what came of the first of them is given."""
_SHORT = 100
"""Stretches that one can be told of whatever one is doing."""
_ASSIGNED = 100_000
"""Experiments whose worker is chosen by what there is to do; that of others is by their id."""
_LEAST = 1 << 22
"""Bytes for which it is worth starting processes."""

Come = tuple[int | bytes, Seen]
"""What has come of lines, or how long that is where it took their place; and what was seen."""


class _Taken(NamedTuple):
    """A block that is being worked on.

    Args:
        stretches: with the worker of each.
        tell: is told what was seen of the lines.
        slot: where it stands.
        behind: what is told when all of this is done.
    """

    stretches: Sequence[tuple[Stretch, int]]
    tell: Callable[[Seen], None]
    slot: int
    behind: list[Callable[[], None]]


class Share:
    """What a worker holds: the redaction of its experiments.

    Args:
        area: the memory in which blocks are handed over.
    """

    def __init__(self, redact: Redact, area: mmap.mmap) -> None:
        self._redact = redact
        self._area = area

    def lines(self, places: Sequence[tuple[int, int, int]]) -> list[Come]:
        """Give what comes of the lines at each place of the area.

        What is not longer than the lines were takes their place there.

        Args:
            places: where they begin and end, and how many they are if all of them are canonical.
        """
        return [self._in_place(*place) for place in places]

    def pieces(self, pieces: Sequence[tuple[bytes, int]]) -> list[Come]:
        """Give the same of lines that were handed over as they are."""
        return [self._piece(*piece) for piece in pieces]

    def rest(self) -> dict[bytes, bytes]:
        """Give what is held of each experiment when no more will come."""
        return {key: b"".join(lines) for key, lines in self._redact.rest_of_each().items()}

    def _in_place(self, start: int, end: int, lines: int) -> Come:
        given, seen = self._piece(self._area[start:end], lines)
        if len(given) > end - start:
            return given, seen
        self._area[start : start + len(given)] = given
        return len(given), seen

    def _piece(self, piece: bytes, lines: int) -> tuple[bytes, Seen]:
        seen: list[Seen] = []
        given = self._redact.lines(piece, seen.append, lines)
        return b"".join(given), seen[0]


class SharedRedact:
    """Gives what a redaction gives, later: each worker does the experiments that it began."""

    def __init__(self, redact: Redact) -> None:
        self._area = mmap.mmap(-1, SLOT * SLOTS)
        self._free = deque(range(SLOTS))
        shares = [Share(redact, self._area) for _ in range(cores())]
        # They inherit what is made of it now.
        redact.prepare()
        self.workers = Workers(shares)
        self._to_do = [0] * cores()  # bytes
        self._told: list[deque[int]] = [deque() for _ in self._to_do]  # bytes of each order
        self._assigned: dict[bytes, int] = {}
        self._taken: deque[_Taken] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.workers.end()

    def lines(self, block: bytes, tell: Callable[[Seen], None]) -> Iterator[bytes]:
        """Take in whole lines, and give what came of earlier ones.

        Args:
            tell: is told what was seen of them, when that is known.

        Raises:
            PidginError: a worker is gone, or could not redact an event.
        """
        while self._take_results(waiting=False):
            pass
        parts = [(stretch, self._worker_of(stretch)) for stretch in stretches(block)]
        long = len(parts) > _SHORT or len(block) > SLOT
        while self._taken and (long or not self._free):
            yield from self._given()
        self._take(_Taken(parts, tell, self._free.popleft(), []), block)

    def in_turn(self, tell: Callable[[], None]) -> None:
        """Tell this when all that was seen of the lines so far is told."""
        if self._taken:
            self._taken[-1].behind.append(tell)
        else:
            tell()

    def rest(self) -> Iterator[bytes]:
        """Give all that is still to come.

        Raises:
            PidginError: a worker is gone, or could not redact an event.
        """
        while self._taken:
            yield from self._given()
        held: dict[bytes, bytes] = {}
        for worker in range(len(self._to_do)):
            self.workers.tell(worker, "rest")
        for worker in range(len(self._to_do)):
            held |= self.workers.result(worker)
        yield from (held[experiment] for experiment in sorted(held))

    def _take(self, taken: _Taken, block: bytes) -> None:
        self._taken.append(taken)
        base = taken.slot * SLOT
        fits = len(block) <= SLOT
        if fits:
            self._area[base : base + len(block)] = block
        for worker in {worker for _, worker in taken.stretches}:
            own = [stretch for stretch, does in taken.stretches if does == worker]
            self._told[worker].append(sum(each.end - each.start for each in own))
            if fits:
                places = [(base + each.start, base + each.end, each.lines) for each in own]
                self.workers.tell(worker, "lines", places)
            else:
                pieces = [(block[each.start : each.end], each.lines) for each in own]
                self.workers.tell(worker, "pieces", pieces)

    def _given(self) -> Iterator[bytes]:
        """Give what came of the block that was taken first."""
        taken = self._taken.popleft()
        results = {
            worker: iter(self._result(worker))
            for worker in {worker for _, worker in taken.stretches}
        }
        base = taken.slot * SLOT
        for stretch, worker in taken.stretches:
            given, seen = next(results[worker])
            taken.tell(seen)
            if isinstance(given, int):
                start = base + stretch.start
                given = self._area[start : start + given]
            yield given
        self._free.append(taken.slot)
        for tell in taken.behind:
            tell()

    def _result(self, worker: int) -> Iterable[Come]:
        while not self.workers.has_result(worker):
            self._take_results()
        given: Iterable[Come] = self.workers.result(worker)
        return given

    def _take_results(self, *, waiting: bool = True) -> list[int]:
        """Take what has come of orders; of what a worker has done, it has less to do."""
        done = self.workers.take_results(waiting=waiting)
        for worker in done:
            self._to_do[worker] -= self._told[worker].popleft()
        return done

    def _worker_of(self, stretch: Stretch) -> int:
        worker = self._assigned.get(stretch.experiment)
        if worker is None:
            worker = self._choice(stretch.experiment)
        self._to_do[worker] += stretch.end - stretch.start
        return worker

    def _choice(self, experiment: bytes) -> int:
        """Choose who does an experiment from now on: who has least to do."""
        if len(self._assigned) >= _ASSIGNED:
            return zlib.crc32(experiment) % len(self._to_do)
        worker = self._to_do.index(min(self._to_do))
        self._assigned[experiment] = worker
        return worker


def are_worth_sharing(sources: Sequence[Source]) -> bool:
    """Say whether there is much to do, all of it there already, and more than one to do it."""
    return can_share(cores()) and (bytes_there(sources) or 0) >= _LEAST
