"""Joining `export`: which rows of which table, in which format, and where they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.cli.reading import Reading
from pidgin_cli.cli.selectors import listed
from pidgin_cli.cli.streams import STDOUT, Sink, is_terminal
from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.event import NOTHING, Event
from pidgin_cli.export.labels import LabelColumns, label_names
from pidgin_cli.export.tabular import TableFormat, tabular
from pidgin_cli.filters.select import Selection
from pidgin_cli.store.folder import standing
from pidgin_cli.store.reader import BadLine, file_blocks, read_events
from pidgin_cli.store.skim import WAITS
from pidgin_cli.store.sources import Source
from pidgin_cli.tables.catalogue import LABELS, TABLES
from pidgin_cli.tables.streams import table_rows
from pidgin_cli.tables.table import Column, Row, Table

ExportFormat = Literal["auto", "parquet", "csv", "jsonl", "messages"]
TableName = Literal[
    "events",
    "messages",
    "turns",
    "api_calls",
    "convergence",
    "attractors",
    "interruptions",
    "interventions",
    "pauses",
    "experiments",
    "labels",
]
_ENDINGS: dict[str, TableFormat] = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported.

    Args:
        partition_by: columns by whose values a folder is divided; commas join names.
        labels: labels that have a column, besides those that can be seen in advance.
        agent_id: whose side a chat is told from.
        raw: leaves texts as they are that a spreadsheet could take for formulas.
    """

    format: ExportFormat
    table: str
    partition_by: Sequence[str]
    labels: Sequence[str]
    agent_id: str | None
    raw: bool
    selection: Selection


def write_export(sources: Sequence[Source], wanted: Wanted, output: OutputOptions) -> ExitStatus:
    """Write a table, or chats, of all sources as one.

    Raises:
        UsageError: the options do not fit each other.
    """
    sink = Sink()
    reading = Reading(sink.flush, skim=WAITS if wanted.format == "messages" else frozenset())
    events = reading.events(sources)
    if wanted.format == "messages":
        _write_chats(events, wanted, output, sink)
    else:
        _write_table(_Rows.of(sources, events, wanted), wanted, output, sink)
    return reading.status


def _write_chats(
    events: Iterable[Event], wanted: Wanted, output: OutputOptions, sink: Sink
) -> None:
    from pidgin_cli.export.chat import chats

    if wanted.agent_id is None:
        raise UsageError("-f messages is told from one agent's side: name it, as in --as agent_a")
    if not wanted.selection.everything or wanted.partition_by:
        raise UsageError("-f messages has whole conversations: it takes neither part nor partition")
    output.write(chats(events, wanted.agent_id), sink, foreign=True)


def _write_table(rows: _Rows, wanted: Wanted, output: OutputOptions, sink: Sink) -> None:
    form, by = _format(wanted, output), listed(wanted.partition_by)
    if wanted.agent_id is not None:
        raise UsageError("--as is for -f messages; --agent chooses the rows of an agent")
    if by:
        _write_partitions(rows, by, form, output)
    else:
        if form == "parquet" and output.output is None and is_terminal(STDOUT):
            raise UsageError("Parquet is nothing for a terminal: name a file with -o, or pipe it")
        pieces = tabular(rows.rows, rows.columns, form, raw=wanted.raw)
        output.write(pieces, sink, foreign=form != "parquet")
    if rows.labels.missing and wanted.table != LABELS.name:
        names = ", ".join(sorted(rows.labels.missing))
        complain(f"labels that have no column: {names}; --label NAME makes one")


def _write_partitions(
    rows: _Rows, by: Sequence[str], form: TableFormat, output: OutputOptions
) -> None:
    from pidgin_cli.export.partitions import write_partitions

    names = [column.name for column in rows.columns]
    for name in by:
        if name not in names:
            near = nearest(name, names)
            hint = f"; did you mean {near}?" if near else f": there are {', '.join(names)}"
            raise UsageError(f"--partition-by: no column {name!r}{hint}")
    if form != "parquet" or output.output is None:
        raise UsageError("--partition-by makes a folder of Parquet files: name it with -o FOLDER")
    write_partitions(rows.rows, rows.columns, by, output.output, overwrite=output.force)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows with the labels of their experiments, and what became of these."""

    columns: Sequence[Column]
    rows: Iterable[Row]
    labels: LabelColumns

    @classmethod
    def of(cls, sources: Sequence[Source], events: Iterator[Event], wanted: Wanted) -> _Rows:
        """Give the rows that are wanted."""
        table = TABLES[wanted.table]
        names: set[str] = set()
        if table is not LABELS:
            first = list(islice(events, 1)) if any(not each.path for each in sources) else []
            events = chain(first, events)
            names = {*listed(wanted.labels), *label_names(chain(first, _first_events(sources)))}
        labels = LabelColumns(sorted(names))
        rows = labels.labelled(table_rows(table, labels.watched(events)))
        if not wanted.selection.everything:
            rows = filter(_admission(table, wanted.selection), rows)
        return cls(labels.columns(table), rows, labels)


def _first_events(sources: Sequence[Source]) -> Iterator[Event]:
    """Give the first event of each log, which says how it is labelled."""
    for source in sources:
        if source.path is not None and standing(source.path).is_file():
            blocks = file_blocks(source.path)
            yield from islice(read_events(blocks, source.name, _leave_to_reading), 1)


def _leave_to_reading(bad: BadLine) -> None:
    """Say nothing: the line is told of when all of the log is read."""


def _admission(table: Table, selection: Selection) -> Callable[[Row], bool]:
    """Give what says of a row whether it is wanted.

    Raises:
        UsageError: the table has no column for what is selected by.
    """
    names = table.column_names
    times = [column.name for column in table.columns if column.type == "time"]
    asked = {
        "type": selection.types,
        "agent_id": selection.agents,
        "turn_number": selection.turns,
        (times or ["time"])[0]: (selection.since or selection.until) is not None,
    }
    for name, given in asked.items():
        if given and name not in names:
            raise UsageError(f"rows of {table.name} have no {name}, and cannot be selected by it")
    places = [names.index(name) if name in names else None for name in asked]

    def is_wanted(row: Row) -> bool:
        kind, agent_id, turn, time = (None if at is None else row[at] for at in places)
        return selection.admits(Event(kind or "", "", "", time or 0.0, turn, agent_id, NOTHING))

    return is_wanted


def _format(wanted: Wanted, output: OutputOptions) -> TableFormat:
    if wanted.format in ("parquet", "csv", "jsonl"):
        return wanted.format
    if wanted.partition_by:
        return "parquet"
    return _ENDINGS.get("" if output.output is None else output.output.suffix.lower(), "jsonl")
