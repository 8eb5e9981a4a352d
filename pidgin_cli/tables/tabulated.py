"""The rows of one table that are made of several events, from a stream of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.events.event import Event
from pidgin_cli.tables.table import Row, Table
from pidgin_cli.tables.tabulation import Tabulation
from pidgin_cli.tables.values import text

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
