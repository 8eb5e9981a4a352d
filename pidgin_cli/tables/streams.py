"""The rows of one table from a stream of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.events.event import Event
from pidgin_cli.tables.occurrences import event_row
from pidgin_cli.tables.table import Row, Table
from pidgin_cli.tables.tabulation import Tabulation
from pidgin_cli.tables.values import text


def table_rows(table: Table, events: Iterable[Event]) -> Iterator[Row]:
    """Give the rows of a table, each once nothing more changes it; holds a state an experiment.

    What is known of an experiment is freed when it is completed.
    """
    rows = rows_of(table)
    yield from rows.complete(events)
    yield from rows.rest()


def rows_of(table: Table) -> TabulatedRows | EventRows:
    """Give what makes the rows of a table."""
    return EventRows() if table.name == "events" else TabulatedRows(table)


_NEEDLESS = {
    "messages": frozenset(
        {
            "turn.started",
            "turn.completed",
            "context.usage",
            "api.call.started",
            "api.call.completed",
            "api.call.failed",
            "stream.chunk.received",
        }
    ),
}
"""Kinds that change no row of a table."""


class TabulatedRows:
    """Rows that are made of several events."""

    def __init__(self, table: Table) -> None:
        self._name = table.name
        self._needless = _NEEDLESS.get(table.name, frozenset[str]())
        self._tabulations: dict[str, Tabulation] = {}

    def complete(self, events: Iterable[Event]) -> Iterator[Row]:
        """Give the rows that nothing changes any more."""
        tabulations, wanted, needless = self._tabulations, self._name, self._needless
        for place, event in enumerate(events):
            if event.type in needless:
                continue
            tabulation = tabulations.get(event.experiment_id)
            if tabulation is None:
                tabulation = Tabulation(text(event.experiment_id), place)
                tabulations[event.experiment_id] = tabulation
            for name, _, row in tabulation.feed(event, place):
                if name == wanted:
                    yield row
            if event.type == "experiment.completed":
                yield from self._open_rows(tabulations.pop(event.experiment_id))

    def rest(self) -> Iterator[Row]:
        """Give the rows of what is not completed, when no more events come."""
        for tabulation in self._tabulations.values():
            yield from self._open_rows(tabulation)

    def _open_rows(self, tabulation: Tabulation) -> Iterator[Row]:
        return (row for name, _, row in tabulation.open_rows() if name == self._name)


class EventRows:
    """A row for each event."""

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}

    def complete(self, events: Iterable[Event]) -> Iterator[Row]:
        """Give the row of each event."""
        positions = self._positions
        for event in events:
            position = positions.get(event.experiment_id, 0)
            if event.type == "experiment.completed":
                positions.pop(event.experiment_id, None)
            else:
                positions[event.experiment_id] = position + 1
            yield event_row(event, text(event.experiment_id), position)

    def rest(self) -> Iterator[Row]:
        """Give nothing: no row waits for another event."""
        return iter(())
