"""Joining `export`: which rows of which table, in which format, and where they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from pidgin_cli.cli.boundary import cleaned_up, complain
from pidgin_cli.cli.converting import Converting, Way
from pidgin_cli.cli.output import OutputOptions
from pidgin_cli.cli.reading import Reading
from pidgin_cli.cli.selectors import listed
from pidgin_cli.cli.streams import STDOUT, Sink, is_terminal
from pidgin_cli.config.nearest import nearest
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.event import NOTHING, Event
from pidgin_cli.export.chunks import AT_ONCE, chunks
from pidgin_cli.export.conversion import all_items
from pidgin_cli.export.labels import LabelColumns, Labelled, label_names
from pidgin_cli.export.parquet import load
from pidgin_cli.export.tabular import TableFormat, Tabular
from pidgin_cli.filters.select import Selection
from pidgin_cli.store.folder import standing
from pidgin_cli.store.reader import file_blocks, ignore, read_events
from pidgin_cli.store.skim import WAITS
from pidgin_cli.store.sources import Source
from pidgin_cli.tables.catalogue import LABELS, TABLES
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
_RAW = "--raw is for -f csv: no other format changes texts"
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
        UsageError: the options do not fit each other, or the agent takes no part.
    """
    if wanted.format == "messages":
        return _write_chats(sources, wanted, output)
    return _write_table(sources, wanted, output)


def _write_chats(sources: Sequence[Source], wanted: Wanted, output: OutputOptions) -> ExitStatus:
    from pidgin_cli.export.chat import Chats

    agent_id = wanted.agent_id
    if agent_id is None:
        raise UsageError("-f messages is told from one agent's side: name it, as in --as agent_a")
    if not wanted.selection.everything or wanted.partition_by:
        raise UsageError("-f messages has whole conversations: it takes neither part nor partition")
    if wanted.raw:
        raise UsageError(_RAW)
    sink = Sink()
    reading = Reading(sink.flush, skim=WAITS)
    way = Way(
        lambda: Chats(agent_id), chunks=lambda lines: ([line] for line in lines), part=b"".join
    )
    converting = Converting(way, reading, WAITS)
    parts = converting.parts(sources, reading.events(sources))
    output.write(_of_an_agent(parts, converting, agent_id), sink, foreign=True)
    return converting.status


def _of_an_agent(parts: Iterable[bytes], made: Converting, agent_id: str) -> Iterator[bytes]:
    """Give the parts, and see at the end that somebody met the agent.

    Raises:
        UsageError: there were experiments, and it took part in none of them.
    """
    yield from parts
    if made.met and agent_id not in made.noted:
        agents = ", ".join(sorted(made.noted)) or "none"
        raise UsageError(f"no agent {agent_id!r} in any experiment: there are {agents}")


def _write_table(sources: Sequence[Source], wanted: Wanted, output: OutputOptions) -> ExitStatus:
    form, by = _format(wanted, output), listed(wanted.partition_by)
    if wanted.agent_id is not None:
        raise UsageError("--as is for -f messages; --agent chooses the rows of an agent")
    if wanted.raw and form != "csv":
        raise UsageError(_RAW)
    if form == "parquet":
        # While it is loaded, the exception of a signal can be lost in it.
        load()
    sink = Sink()
    reading = Reading(sink.flush)
    events, names = _label_names(sources, reading.events(sources), wanted)
    table = TABLES[wanted.table]
    columns = LabelColumns(names).columns(table)
    admits = _admission(table, wanted.selection)
    if by:
        rows = Labelled(table, names, admits)
        _write_partitions(all_items(rows, events), columns, by, form, output)
        status, missing = reading.status, rows.noted
    else:
        if form == "parquet" and output.output is None and is_terminal(STDOUT):
            raise UsageError("Parquet is nothing for a terminal: name a file with -o, or pipe it")
        tabular = Tabular(columns, form, raw=wanted.raw)
        at_once = AT_ONCE if form == "parquet" or all(map(_is_whole, sources)) else 1
        way = Way(
            lambda: Labelled(table, names, admits),
            chunks=lambda rows: chunks(rows, columns, at_once),
            part=tabular.part,
        )
        converting = Converting(way, reading)
        parts = converting.parts(sources, events)
        output.write(tabular.whole(parts), sink, foreign=form != "parquet")
        status, missing = converting.status, converting.noted
    if missing and table is not LABELS:
        names_of_those = ", ".join(sorted(missing))
        complain(f"labels that have no column: {names_of_those}; --label NAME makes one")
    return status


def _write_partitions(
    rows: Iterable[Row],
    columns: Sequence[Column],
    by: Sequence[str],
    form: TableFormat,
    output: OutputOptions,
) -> None:
    from pidgin_cli.export.partitions import write_partitions

    names = [column.name for column in columns]
    for name in by:
        if name not in names:
            near = nearest(name, names)
            hint = f"; did you mean {near}?" if near else f": there are {', '.join(names)}"
            raise UsageError(f"--partition-by: no column {name!r}{hint}")
    if form != "parquet" or output.output is None:
        raise UsageError("--partition-by makes a folder of Parquet files: name it with -o FOLDER")
    with cleaned_up():
        write_partitions(rows, columns, by, output.output, overwrite=output.force)


def _label_names(
    sources: Sequence[Source], events: Iterator[Event], wanted: Wanted
) -> tuple[Iterator[Event], list[str]]:
    """Give the events, and the names of the labels that have a column."""
    if wanted.table == LABELS.name:
        return events, []
    first = list(islice(events, 1)) if any(not each.path for each in sources) else []
    seen = label_names(chain(first, _first_events(sources)))
    return chain(first, events), sorted({*listed(wanted.labels), *seen})


def _is_whole(source: Source) -> bool:
    """Say whether all of a source is there already, so that nobody waits for its rows."""
    return source.path is not None and standing(source.path).is_file()


def _first_events(sources: Sequence[Source]) -> Iterator[Event]:
    """Give the first event of each log, which says how it is labelled."""
    for source in sources:
        if source.path is not None and standing(source.path).is_file():
            blocks = file_blocks(source.path)
            yield from islice(read_events(blocks, source.name, ignore), 1)


def _admission(table: Table, selection: Selection) -> Callable[[Row], bool] | None:
    """Give what says of a row whether it is wanted; None where all are.

    Raises:
        UsageError: the table has no column for what is selected by.
    """
    if selection.everything:
        return None
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
