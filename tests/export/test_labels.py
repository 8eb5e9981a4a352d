"""Labels as columns."""

from __future__ import annotations

from pidgin_cli.events.event import Event
from pidgin_cli.export.labels import LabelColumns, label_names
from pidgin_cli.tables.catalogue import TURNS
from pidgin_cli.tables.table import Row


def begins(experiment_id: str, **labels: object) -> Event:
    return Event("experiment.started", experiment_id, "i", 1.0, None, None, {"labels": labels})


def rows(columns: LabelColumns, *events: Event) -> list[Row]:
    """Give a row for each event, made after its labels were seen."""
    return list(columns.labelled((event.experiment_id, 1) for event in columns.watched(events)))


def test_each_row_has_the_labels_of_its_experiment() -> None:
    a, b = begins("a", tone="calm", depth=2), begins("b", tone="angry")
    columns = LabelColumns(label_names([a, b]))
    names = [column.name for column in columns.columns(TURNS)]
    assert ["label_depth", "label_tone"] == names[len(TURNS.columns) :]
    assert [("a", 1, "2", "calm"), ("b", 1, None, "angry")] == rows(columns, a, b)


def test_a_label_without_a_column_is_told_of() -> None:
    columns = LabelColumns(["tone"])
    assert [("a", 1, None)] == rows(columns, begins("a", depth="2"))
    assert {"depth"} == columns.missing


def test_labels_that_are_none_make_no_columns() -> None:
    odd = Event("experiment.started", "a", "i", 1.0, None, None, {"labels": ["tone"]})
    assert [] == label_names([odd, Event("turn.started", "a", "i", 1.0, 0, None, {})])
