"""Taking one source in: from its lines to rows, with what must be known to go on later."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import accumulate

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.complete import NOT_COMPLETE, complete_event
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.index.places import first_place
from pidgin_cli.index.sources import MARK, Source, marked
from pidgin_cli.index.writing import NULL, Rows
from pidgin_cli.tables.occurrences import event_row
from pidgin_cli.tables.saved import saved, taken_up
from pidgin_cli.tables.tabulation import DELTA, Tabulation
from pidgin_cli.tables.values import text

MOST_AT_HAND = 64
"""Experiments of a stream whose state is held; of further ones it is read when it is needed."""

TABULATED = frozenset(
    {
        "response.completed",
        "response.interrupted",
        "conductor.intervention",
        "pause.requested",
        "attractor.detected",
        "convergence.measured",
        "api.call.started",
        "api.call.completed",
        "api.call.failed",
    }
)
"""Kinds whose payloads stand in tables of their own, and not in `events` as well."""

NAMING = ("log", "archive")
"""Kinds of sources whose name is that of the experiment in them."""

GATHERED = 20_000
"""Values of events that are gathered and then written."""


class Intake:
    """Takes in blocks of whole lines of one source.

    Args:
        source: what was read of it so far; it is changed as more is read.
        end: the last bytes that were read of it before.
        most_at_hand: experiments of it whose state is held.
    """

    def __init__(
        self, rows: Rows, source: Source, end: bytes = b"", most_at_hand: int = MOST_AT_HAND
    ) -> None:
        self.source = source
        self.other_versions = 0
        self.bad_lines: list[tuple[int, int, str]] = []
        self._rows = rows
        self._most_at_hand = most_at_hand
        self._first = first_place(source.id)
        self._tabulations: dict[str, Tabulation] = {}
        self._end = end
        self._some_put_down = source.lines > 0

    def take(self, block: bytes) -> None:
        """Take in a block; a line that is still written is left for when it is whole."""
        if not block.endswith(b"\n"):
            return
        self._rows.begin()
        lines = block.split(b"\n")
        lines.pop()
        self._take_lines(lines)
        source = self.source
        source.indexed += len(block)
        source.lines += len(lines)
        source.checksum = zlib.crc32(block, source.checksum)
        self._end = (self._end + block[-MARK:])[-MARK:]
        if len(self._rows.waiting["events"]) >= GATHERED:
            self._rows.write()

    def take_rest(self, rest: bytes) -> None:
        """Take in what stands behind the last newline of a stream that ended."""
        try:
            decode(rest)
        except BadLineError:
            self._bad(self.source.lines + 1, self.source.indexed, "the last line is torn")
        else:
            self.take(rest + b"\n")

    def commit(self) -> None:
        """Write everything that was taken in, with where to go on, and end the transaction."""
        for tabulation in self._tabulations.values():
            self._put_down(tabulation)
        if self._end:
            self.source.mark = marked(self._end)
        self._rows.waiting["sources"] += (getattr(self.source, name) for name in Source.__slots__)
        self._rows.commit()

    def _events(self, lines: list[bytes]) -> Sequence[Event | None]:
        """Give the events of lines, None for what is none; bad lines are noted."""
        try:
            return list(map(complete_event, lines))
        except NOT_COMPLETE:
            numbers = range(self.source.lines + 1, self.source.lines + len(lines) + 1)
            starts = accumulate((len(line) + 1 for line in lines), initial=self.source.indexed)
            return list(map(self._event, lines, numbers, starts))

    def _event(self, line: bytes, number: int, start: int) -> Event | None:
        try:
            return decode(line)
        except BadLineError as error:
            if line.strip():
                self._bad(number, start, error.reason)
            return None

    def _take_lines(self, lines: list[bytes]) -> None:
        # Most events are pieces of text; those that follow one another are counted together.
        tabulation: Tabulation | None = None
        speaking, deltas, last = None, 0, 0.0
        offset = self.source.indexed
        for line, event in zip(lines, self._events(lines), strict=True):
            start = offset
            offset += len(line) + 1
            if event is None:
                continue
            kind, experiment_id, v = event.type, event.experiment_id, event.v
            if kind == DELTA and experiment_id == speaking and v == SCHEMA_VERSION:
                deltas += 1
                last = event.timestamp
                continue
            if tabulation is not None and deltas:
                tabulation.skip_deltas(deltas, last)
                deltas = 0
            tabulation = self._take_event(event, start)
            # Behind one of another version, a piece may be what an experiment begins with.
            speaking = experiment_id if v == SCHEMA_VERSION else None
        if tabulation is not None and deltas:
            tabulation.skip_deltas(deltas, last)

    def _take_event(self, event: Event, offset: int) -> Tabulation:
        tabulation = self._tabulations.get(event.experiment_id)
        if tabulation is None:
            tabulation = self._tabulation(event.experiment_id, offset)
        position = tabulation.counts.events
        first, waiting = self._first, self._rows.waiting
        experiment = first + tabulation.place
        for name, place, row in tabulation.feed(event, offset):
            values = waiting[name]
            values += (experiment,) if name == "labels" else (first + place, experiment)
            values += row
        kind = event.type
        if event.v != SCHEMA_VERSION:
            self.source.other_versions += 1
            self.other_versions += 1
        elif kind == DELTA:
            return tabulation
        events = waiting["events"]
        events += (first + offset, experiment)
        events += event_row(
            event, tabulation.experiment_id, position, data=kind not in TABULATED, null=NULL
        )
        return tabulation

    def _tabulation(self, experiment_id: str, offset: int) -> Tabulation:
        """Give the tabulation of an experiment: one that was put down, or a new one."""
        if len(self._tabulations) >= self._most_at_hand:
            self._put_down(self._tabulations.pop(next(iter(self._tabulations))))
            self._rows.write()
            self._some_put_down = True
        name = text(experiment_id)
        found = self._rows.saved(self.source.id, name) if self._some_put_down else None
        tabulation = Tabulation(name, offset) if found is None else taken_up(found)
        self._tabulations[experiment_id] = tabulation
        return tabulation

    def _put_down(self, tabulation: Tabulation) -> None:
        source, experiment = self.source, self._first + tabulation.place
        name = source.name if source.kind in NAMING else tabulation.experiment_id
        for table, place, row in tabulation.open_rows():
            # An experiment says from which source it is, and every other row from which experiment.
            owner = (source.id, name) if table == "experiments" else (experiment,)
            self._rows.waiting[table] += (self._first + place, *owner, *row)
        self._rows.waiting["progress"] += (experiment, saved(tabulation))

    def _bad(self, number: int, offset: int, reason: str) -> None:
        place = self._first + offset
        self._rows.waiting["bad_lines"] += (place, self.source.id, number, offset, reason)
        self.bad_lines.append((number, offset, reason))
