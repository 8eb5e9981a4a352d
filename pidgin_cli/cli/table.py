"""Rows as aligned columns for a terminal, and as cells of one line each."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence

WIDEST = 10_000
"""Columns where the width of the terminal is not known."""


def cell(value: object) -> str:
    """Give a value as one line in which nothing acts on a terminal; nothing for None."""
    from pidgin_cli.views.visible import visible

    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(map(cell, value))
    if isinstance(value, float):
        return f"{value:g}"
    return visible(str(value), newlines=False)


def aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Give head and rows, without columns that are empty, cut at the width of the terminal."""
    if not rows:
        return
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    table = [columns, *rows]
    widths = {place: max(len(row[place]) for row in table) for place in kept}
    width = shutil.get_terminal_size((WIDEST, 24)).columns
    for row in table:
        line = "  ".join(row[place].ljust(widths[place]) for place in kept).rstrip()
        yield f"{line[:width]}\n".encode(errors="replace")


def separated(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Give head and rows with tabs between the cells."""
    for row in (columns, *rows):
        yield ("\t".join(row) + "\n").encode(errors="replace")
