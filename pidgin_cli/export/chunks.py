"""Rows in chunks: so many at once that it is quick, and so few that they take little memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pidgin_cli.tables.table import Column, Row

AT_ONCE = 512
"""Rows of a chunk."""
_CHARACTERS = 2_000_000
"""Characters of long texts past which a chunk has no more rows."""
_SHORT = frozenset({"id", "messages_sha256", "request_id", "request"})
_LONG = frozenset(
    {
        "data",
        "extra",
        "content",
        "reasoning",
        "initial_prompt",
        "agents",
        "description",
        "detail",
        "error_message",
        "components",
        "by_agent",
    }
)
SELDOM_TWICE = _SHORT | _LONG
"""Columns whose texts hardly ever come again."""


def chunks(
    rows: Iterable[Row], columns: Sequence[Column], at_once: int = AT_ONCE
) -> Iterator[list[Row]]:
    """Give the rows, many at a time; holds one chunk."""
    long = [place for place, column in enumerate(columns) if column.name in _LONG]
    chunk: list[Row] = []
    characters = 0
    for row in rows:
        chunk.append(row)
        for place in long:
            if row[place] is not None:
                characters += len(row[place])
        if len(chunk) >= at_once or characters >= _CHARACTERS:
            yield chunk
            chunk, characters = [], 0
    if chunk:
        yield chunk
