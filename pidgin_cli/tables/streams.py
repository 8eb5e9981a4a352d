"""The rows of one table from a stream of events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pidgin_cli.events.event import Event
from pidgin_cli.tables.occurrences import event_row
from pidgin_cli.tables.table import Row, Table
from pidgin_cli.tables.values import text

if TYPE_CHECKING:
    from pidgin_cli.tables.tabulated import TabulatedRows


def table_rows(table: Table, events: Iterable[Event]) -> Iterator[Row]:
    """Give the rows of a table, each once nothing more changes it; holds a state an experiment.

    What is known of an experiment is freed when it is completed.
    """
    rows = rows_of(table)
    yield from rows.complete(events)
    yield from rows.rest()


def rows_of(table: Table) -> TabulatedRows | EventRows:
    """Give what makes the rows of a table."""
    if table.name == "events":
        return EventRows()
    # What it knows of conversations takes a while to load, and rows of events need none of it.
    from pidgin_cli.tables.tabulated import TabulatedRows

    return TabulatedRows(table)


class EventRows:
    """A row for each event."""

    def __init__(self) -> None:
        self._positions: dict[str, int] = {}

    def complete(self, events: Iterable[Event]) -> Iterator[Row]:
        """Give the row of each event."""
        positions = self._positions
        experiment_id = ""
        shown: str | None = ""
        for event in events:
            if event.experiment_id != experiment_id:
                experiment_id = event.experiment_id
                shown = text(experiment_id)
            position = positions.get(experiment_id, 0)
            if event.type == "experiment.completed":
                positions.pop(experiment_id, None)
            else:
                positions[experiment_id] = position + 1
            yield event_row(event, shown, position)

    def rest(self) -> Iterator[Row]:
        """Give nothing: no row waits for another event."""
        return iter(())
