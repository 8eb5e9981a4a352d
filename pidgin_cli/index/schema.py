"""The schema: the tables, keys, search index and views of the database."""

from __future__ import annotations

import sqlite3
import zlib

from pidgin_cli.tables.catalogue import TABLES
from pidgin_cli.tables.table import Column, ColumnType, Table

APPLICATION_ID = 0x70696467
"""Marks a database as an index of pidgin: the letters `pidg`."""

PAGE = 8192
"""Bytes of a page of the database."""

SOURCES = Table(
    "sources",
    "A row for each log, archive or stream that was read.",
    (
        Column("id", "integer", "number of the source in this database"),
        Column(
            "name", "text", "name of its file, in the store without the suffix; stdin for a stream"
        ),
        Column("kind", "text", "log or archive of the store, file elsewhere, or stream"),
        Column("identity", "text", "hash of its first line, by which it is known again"),
        Column("indexed", "integer", "bytes that were read, unpacked: all of its whole lines"),
        Column("lines", "integer", "lines that were read"),
        Column("other_versions", "integer", "events of other schema versions, only in events"),
        Column("checksum", "integer", "CRC-32 of the bytes that were read"),
        Column("mark", "text", "hash of the last of these bytes, 1024 at most"),
        Column("inode", "integer", "number of the file when it was read"),
        Column("size", "integer", "bytes of the file when it was read"),
        Column("modified", "integer", "nanoseconds since 1970 when the file was last written"),
        Column("changed", "integer", "nanoseconds since 1970 when the file last changed at all"),
    ),
)
BAD_LINES = Table(
    "bad_lines",
    "A row for each line that is no event, and is in no other table.",
    (
        Column("line", "integer", "number of the line in its source, from 1"),
        Column("offset", "integer", "where it begins: bytes from the start, unpacked"),
        Column("reason", "text", "what is wrong with it"),
    ),
)
PROGRESS = Table(
    "progress",
    "A row for each experiment: what must be known to go on indexing it.",
    (Column("saved", "text", "state of its tabulation, as JSON"),),
)
PLACE = Column("place", "integer", "key: the source's number times 2^40, and the byte offset")
EXPERIMENT = Column("experiment", "integer", "the row of experiments that it belongs to")
SOURCE = Column("source", "integer", "the row of sources that it was read from")
NAME = Column("name", "text", "what commands call it: the name of its log in the store, or its id")

BY_EXPERIMENT = tuple(name for name in TABLES if name not in ("experiments", "labels"))
"""Tables whose rows have a place of their own, and belong to an experiment."""

WORDS = "unicode61 remove_diacritics 2"
"""How the search index cuts text into words: without case and accents, in any alphabet."""

INDEXES = {
    "experiments": (("experiment_id",), ("name",), ("group_name",)),
    "labels": (("key", "value"),),
    "messages": (("experiment",),),
    "turns": (("experiment",),),
    "api_calls": (("experiment",),),
    "convergence": (("experiment",),),
}
VIEWS = {
    "overview": """
        select experiments.place, name, state, reason, group_name,
            (select group_concat(key || '=' || value, ', ') from labels
             where labels.experiment = experiments.place) as labels,
            models, turns, messages, input_tokens + output_tokens as tokens, cost_usd,
            convergence as final_convergence, attractors, interruptions,
            datetime(started, 'unixepoch') as started, round(duration, 1) as seconds
        from experiments""",
    "conversation": """
        select messages.place, messages.experiment, messages.turn_number,
            coalesce(messages.name, agent_id) as speaker, messages.model, content,
            interrupted, tokens, datetime(timestamp, 'unixepoch') as said
        from messages""",
    "spending": """
        select provider, model, count(*) as calls, sum(outcome = 'failed') as failed,
            cast(total(input_tokens) as integer) as input_tokens,
            cast(total(output_tokens) as integer) as output_tokens, total(cost_usd) as cost_usd
        from api_calls where not copied group by provider, model""",
    "errors": """
        select place, experiment, ended as timestamp, turn_number, agent_id,
            'api.call.failed' as type, provider, model, error_kind, error_message, status,
            retryable, retry_in
        from api_calls where outcome = 'failed'
        union all
        select place, experiment, timestamp, turn_number, agent_id, type,
            json_extract(sound, '$.error.provider'), null, json_extract(sound, '$.error.kind'),
            json_extract(sound, '$.error.message'), json_extract(sound, '$.error.status'),
            null, null
        from (select *, iif(json_valid(data), data, '{}') as sound from events
              where type = 'experiment.failed')""",
}
VIEW_MEANINGS = {
    "overview": "A line for each experiment, with its labels in one text and times to read.",
    "conversation": "What was said, by whom, in order.",
    "spending": "Calls, tokens and cost of each model of each service.",
    "errors": "Calls that failed, and experiments that did.",
}
DOCUMENTED: dict[str, tuple[Table, tuple[Column, ...]]] = {
    "sources": (SOURCES, ()),
    "experiments": (TABLES["experiments"], (PLACE, SOURCE, NAME)),
    "labels": (TABLES["labels"], (EXPERIMENT,)),
    **{name: (TABLES[name], (PLACE, EXPERIMENT)) for name in BY_EXPERIMENT},
    "bad_lines": (BAD_LINES, (PLACE, SOURCE)),
    "progress": (PROGRESS, (EXPERIMENT,)),
}
"""Every table of the database, with the columns that its rows have before their own."""

_KEYS = {"sources": ("id",), "labels": ("experiment", "key"), "progress": ("experiment",)}
_KINDS: dict[ColumnType, str] = {
    "text": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "INTEGER",
    "time": "REAL",
}
_REFERENCES = {"source": ("sources", "id"), "experiment": ("experiments", "place")}


def columns(name: str) -> tuple[Column, ...]:
    """Give all columns of a table of the database, in their order."""
    table, first = DOCUMENTED[name]
    return (*first, *table.columns)


def version() -> int:
    """Give the number of this schema; a database of another one is made anew."""
    return zlib.crc32(repr((5, DOCUMENTED, INDEXES, VIEWS, WORDS)).encode()) & 0x7FFFFFFF


def make(connection: sqlite3.Connection) -> None:
    """Make everything in an empty database but the indexes, which are best made when it is full."""
    make_tables(connection)
    connection.execute(
        'CREATE VIRTUAL TABLE "messages_fts" USING FTS5 (\n    "content",\n'
        f"    tokenize='{WORDS}',\n    content=\"messages\"\n)"
    )
    for name, query in VIEWS.items():
        connection.execute(f'CREATE VIEW "{name}" AS {query}')
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
    connection.execute(f"pragma user_version = {version()}")


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, with nothing that finds rows faster, in an empty database."""
    connection.execute(f"pragma page_size = {PAGE}")
    for name in DOCUMENTED:
        key = _KEYS.get(name, ("place",))
        lines = [_definition(column, key) for column in columns(name)]
        if len(key) > 1:
            lines.append(f"   PRIMARY KEY ({_quoted(key)})")
        connection.execute('CREATE TABLE "{}" (\n{}\n)'.format(name, ",\n".join(lines)))


def make_indexes(connection: sqlite3.Connection) -> None:
    """Make what finds the rows of the tables by their columns."""
    for name, indexes in INDEXES.items():
        for index in indexes:
            made = f'CREATE INDEX "idx_{name}_{"_".join(index)}"\n    ON "{name}"'
            connection.execute(f"{made} ({_quoted(index)})")


def _definition(column: Column, key: tuple[str, ...]) -> str:
    line = f'   "{column.name}" {_KINDS[column.type]}'
    if key == (column.name,):
        line += " PRIMARY KEY"
    if column in (SOURCE, EXPERIMENT):
        line += ' REFERENCES "{}"("{}")'.format(*_REFERENCES[column.name])
    return line


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
