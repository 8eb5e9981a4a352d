"""One result of many logs, as of one stream, and by several processes where that is quicker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pidgin_cli.cli.abreast import Abreast, are_much
from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.reading import Reading, Reports
from pidgin_cli.errors import ExitStatus
from pidgin_cli.events.event import Event
from pidgin_cli.export.conversion import Conversion, all_items
from pidgin_cli.store.sources import Source


@dataclass(frozen=True, slots=True)
class Way:
    """How a result is made.

    Args:
        conversion: begins a conversion.
        chunks: puts many items together.
        part: gives what some items are in the result.
    """

    conversion: Callable[[], Conversion[Any]]
    chunks: Callable[[Iterable[Any]], Iterator[Sequence[Any]]]
    part: Callable[[Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a result, of so many items, and the experiments that were met before it."""

    experiments: set[str]
    items: int
    part: Any


@dataclass(frozen=True, slots=True)
class _End:
    """What is left when a log has ended."""

    experiments: set[str]
    rest: Sequence[Any]
    noted: set[str]


class Converting:
    """Converts logs.

    Afterwards `status` says how reading went, `met` which experiments there were, and `noted`
    what the conversion noted.

    Args:
        reading: reads them where that is done by this process, as one stream.
        skim: as for a reading.
    """

    def __init__(self, way: Way, reading: Reading, skim: frozenset[str] = frozenset()) -> None:
        self._way = way
        self._reading = reading
        self._skim = skim
        self.met: set[str] = set()
        self.noted: set[str] = set()
        self.status = ExitStatus.DONE

    def parts(self, sources: Sequence[Source], events: Iterator[Event]) -> Iterator[Any]:
        """Give the parts of the result, in order.

        Args:
            events: those of all sources, for where one process reads them.
        """
        if are_much(sources):
            yield from self._abreast(sources)
            return
        yield from self._in_turn(events)
        self.status = self._reading.status

    def _in_turn(self, events: Iterator[Event], given: int = 0) -> Iterator[Any]:
        """Give the parts of all items but the first ones, which were given already."""
        conversion = self._way.conversion()
        items = islice(all_items(conversion, _met(events, self.met)), given, None)
        yield from map(self._way.part, self._way.chunks(items))
        self.noted = conversion.noted

    def _abreast(self, sources: Sequence[Source]) -> Iterator[Any]:
        logs = Abreast(self._reading, self._skim)
        now: set[str] = set()
        rest: list[Any] = []
        given = 0
        for part in logs.made(sources, self._apart, iter):
            if not self.met.isdisjoint(part.experiments):
                # What the log before knew of it is in another process: begin again.
                yield from self._again(sources, given, logs.told)
                return
            now |= part.experiments
            if isinstance(part, _Part):
                given += part.items
                yield part.part
            else:
                rest += part.rest
                self.noted |= part.noted
                self.met |= now
        yield from map(self._way.part, self._way.chunks(iter(rest)))
        self.status = logs.status

    def _apart(self, source: Source, reading: Reading) -> Iterator[_Part | _End]:
        """Give the parts of one log."""
        conversion, met = self._way.conversion(), set[str]()
        for items in self._way.chunks(conversion.complete(_met(reading.events([source]), met))):
            yield _Part(met.copy(), len(items), self._way.part(items))
            met.clear()
        yield _End(met, [*conversion.rest()], conversion.noted)

    def _again(self, sources: Sequence[Source], given: int, told: int) -> Iterator[Any]:
        """Give what is missing after so many items, and tell what is missing after so much."""
        reading = Reading(reports=Reports(_After(told)), skim=self._skim)
        yield from self._in_turn(reading.events(sources), given)
        self.status = reading.status


class _After:
    """Tells what was not told before."""

    def __init__(self, told: int) -> None:
        self._told = told

    def __call__(self, words: str) -> None:
        """Tell this, if it is new."""
        if self._told:
            self._told -= 1
        else:
            complain(words)


def _met(events: Iterable[Event], met: set[str]) -> Iterator[Event]:
    """Give the events, and put their experiments into a set."""
    last = None
    for event in events:
        if event.experiment_id != last:
            last = event.experiment_id
            met.add(last)
        yield event
