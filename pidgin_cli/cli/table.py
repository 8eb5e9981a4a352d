"""Rows as aligned columns for a terminal, and as cells of one line each."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from pidgin_cli.cli.streams import STDOUT, is_terminal

RowFormat = Literal["auto", "table", "jsonl", "json", "csv", "tsv"]
"""What rows can be shown as; auto is a table on a terminal and JSONL otherwise."""
ListFormat = Literal["auto", "table", "jsonl", "json", "csv", "tsv", "ids"]
"""The same for things that have a name."""

WIDEST = 10_000
"""Columns where the width of the terminal is not known."""
NARROWEST = 20
"""Columns that words get however narrow the terminal is."""


def chosen_format(asked: str) -> str:
    """Give the format that is meant: auto is a table on a terminal, and JSONL otherwise."""
    if asked != "auto":
        return asked
    return "table" if is_terminal(STDOUT) else "jsonl"


def cell(value: object) -> str:
    """Give a value as one line in which nothing acts on a terminal; nothing for None."""
    from pidgin_cli.views.visible import visible

    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ",".join(map(cell, value))
    if isinstance(value, dict):
        return ",".join(f"{cell(key)}={cell(item)}" for key, item in value.items())
    if isinstance(value, float):
        return f"{value:g}"
    return visible(str(value), newlines=False)


def flat(value: object) -> str:
    """Give a value as `cell` does, but a number whole, for it is for programs."""
    return cell(str(value) if isinstance(value, float) else value)


def aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Give head and rows, without columns that are empty, cut at the width of the terminal."""
    from pidgin_cli.views.width import cut, padded, width

    if not rows:
        return
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    table = [columns, *rows]
    widths = {place: max(width(row[place]) for row in table) for place in kept}
    limit = shutil.get_terminal_size((WIDEST, 24)).columns
    for row in table:
        line = "  ".join(padded(row[place], widths[place]) for place in kept).rstrip()
        yield f"{cut(line, limit)}\n".encode(errors="replace")


def wrapped(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """Give head and rows; what the last column says goes on below itself on a narrow terminal."""
    from textwrap import wrap

    from pidgin_cli.views.width import padded, width

    table = [columns, *rows]
    widths = [max(width(row[place]) for row in table) for place in range(len(columns) - 1)]
    indent = sum(widths) + 2 * len(widths)
    room = max(shutil.get_terminal_size((WIDEST, 24)).columns - indent, NARROWEST)
    for row in table:
        lead = "".join(padded(each, wide + 2) for each, wide in zip(row, widths, strict=False))
        pieces = wrap(row[-1], room, break_on_hyphens=False) or [""]
        text = ("\n" + " " * indent).join(pieces)
        yield f"{lead}{text}".rstrip().encode(errors="replace") + b"\n"


def row_lines(
    columns: Sequence[str], rows: Iterable[Sequence[Any]], form: RowFormat
) -> Iterator[bytes]:
    """Give rows in the format that was asked for; all but a table and json hold a few of them."""
    # Only one of these is asked for its rows.
    objects = (dict(zip(columns, row, strict=True)) for row in rows)
    words = ([cell(value) for value in row] for row in rows)
    return listing_lines(Listing((), objects, (columns, rows), (columns, words)), form)


class Listing(NamedTuple):
    """The same things in each form that they are shown in; only one of them is gone through.

    Args:
        ids: the names of those that have one.
        objects: for jsonl and json.
        flat: the columns and rows of csv and tsv.
        table: the columns and cells of a table.
    """

    ids: Iterable[str]
    objects: Iterable[Mapping[str, Any]]
    flat: tuple[Sequence[str], Iterable[Sequence[Any]]]
    table: tuple[Sequence[str], Iterable[Sequence[str]]]


def listing_lines(listing: Listing, form: ListFormat) -> Iterator[bytes]:
    """Give things in the format that was asked for."""
    from pidgin_cli.events.codec import encode_object, encode_value

    match chosen_format(form):
        case "table":
            columns, rows = listing.table
            yield from aligned(columns, list(rows))
        case "ids":
            yield from (f"{each}\n".encode() for each in listing.ids)
        case "jsonl":
            yield from map(encode_object, listing.objects)
        case "json":
            yield encode_value(list(listing.objects)) + b"\n"
        case separated:
            from pidgin_cli.export.comma_separated import comma_separated

            tabs = separated == "tsv"
            yield from comma_separated(*listing.flat, raw=tabs, tabs=tabs)
