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
    if table.name == "events":
        yield from _event_rows(events)
        return
    tabulations: dict[str, Tabulation] = {}
    for place, event in enumerate(events):
        tabulation = tabulations.get(event.experiment_id)
        if tabulation is None:
            tabulation = Tabulation(text(event.experiment_id), place)
            tabulations[event.experiment_id] = tabulation
        for name, _, row in tabulation.feed(event, place):
            if name == table.name:
                yield row
        if event.type == "experiment.completed":
            yield from _open_rows(table, tabulations.pop(event.experiment_id))
    for tabulation in tabulations.values():
        yield from _open_rows(table, tabulation)


def _open_rows(table: Table, tabulation: Tabulation) -> Iterator[Row]:
    return (row for name, _, row in tabulation.open_rows() if name == table.name)


def _event_rows(events: Iterable[Event]) -> Iterator[Row]:
    positions: dict[str, int] = {}
    for event in events:
        position = positions.get(event.experiment_id, 0)
        if event.type == "experiment.completed":
            positions.pop(event.experiment_id, None)
        else:
            positions[event.experiment_id] = position + 1
        yield event_row(event, text(event.experiment_id), position)
