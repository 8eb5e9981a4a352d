"""Labels of experiments as columns of every table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pidgin_cli.events import payload
from pidgin_cli.events.event import Event
from pidgin_cli.tables.streams import rows_of
from pidgin_cli.tables.table import Column, Row, Table
from pidgin_cli.tables.values import text

PREFIX = "label_"
"""Stands before the name of a label in the name of its column."""


def label_names(events: Iterable[Event]) -> list[str]:
    """Give the names of the labels that experiments begin with, in order."""
    return sorted({name for event in events for name in _labels(event)})


class LabelColumns:
    """Puts the labels of an experiment behind each of its rows; holds them for each experiment.

    Args:
        names: labels that have a column, for a file cannot get more of them later.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._nothing: Row = (None,) * len(self._names)
        self._values: dict[str | None, Row] = {}
        self.missing: set[str] = set()

    def columns(self, table: Table) -> tuple[Column, ...]:
        """Give the columns of the table with those of the labels."""
        labels = (Column(f"{PREFIX}{name}", "text", f"label {name}") for name in self._names)
        return (*table.columns, *labels)

    def watched(self, events: Iterable[Event]) -> Iterator[Event]:
        """Give the events, and take the labels from them."""
        for event in events:
            if event.type == "experiment.started":
                labels = _labels(event)
                values = tuple(labels.get(name) for name in self._names)
                self._values[text(event.experiment_id)] = values
                self.missing.update(labels.keys() - self._names)
            yield event

    def labelled(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Give the rows, of which the first value is the experiment, with its labels."""
        if not self._names:
            return rows
        return (row + self._values.get(row[0], self._nothing) for row in rows)


class Labelled:
    """The rows of a table with their labels, of those that are wanted.

    Args:
        names: as for the columns of labels.
        wanted: says of a row whether it is; None means all.
    """

    def __init__(
        self, table: Table, names: Sequence[str], wanted: Callable[[Row], bool] | None = None
    ) -> None:
        self._rows = rows_of(table)
        self._labels = LabelColumns(names)
        self._wanted = wanted

    @property
    def noted(self) -> set[str]:
        """Names of labels that have no column."""
        return self._labels.missing

    def complete(self, events: Iterable[Event]) -> Iterator[Row]:
        """Give the rows that nothing changes any more."""
        return self._shown(self._rows.complete(self._labels.watched(events)))

    def rest(self) -> Iterator[Row]:
        """Give the rows of what is not completed, when no more events come."""
        return self._shown(self._rows.rest())

    def _shown(self, rows: Iterator[Row]) -> Iterator[Row]:
        labelled = self._labels.labelled(rows)
        return labelled if self._wanted is None else filter(self._wanted, labelled)


def _labels(event: Event) -> dict[str, str | None]:
    if event.type != "experiment.started":
        return {}
    labels = payload.mapping(event.data, "labels")
    return {text(name) or "": text(labels[name]) for name in labels}
