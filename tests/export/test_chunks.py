"""Rows in chunks: their sizes, and what is known of their texts by the names of columns."""

from __future__ import annotations

from pidgin_cli.export.chunks import SELDOM_TWICE, chunks
from pidgin_cli.tables.catalogue import INTERVENTIONS, TABLES
from pidgin_cli.tables.table import Row

CONTENT = INTERVENTIONS.column_names.index("content")


def row(content: str) -> Row:
    values: list[str | None] = [None] * len(INTERVENTIONS.columns)
    values[CONTENT] = content
    return tuple(values)


def test_every_text_that_hardly_comes_again_is_a_column_of_text() -> None:
    columns = [column for table in TABLES.values() for column in table.columns]
    assert SELDOM_TWICE <= {column.name for column in columns if column.type == "text"}


def test_a_chunk_ends_after_so_many_rows() -> None:
    rows = [row(str(number)) for number in range(5)]
    assert [rows[:2], rows[2:4], rows[4:]] == list(chunks(rows, INTERVENTIONS.columns, 2))


def test_a_chunk_ends_after_so_many_characters_of_long_texts() -> None:
    rows = [row("x" * 1_500_000)] * 3
    assert [2, 1] == [len(chunk) for chunk in chunks(rows, INTERVENTIONS.columns)]
