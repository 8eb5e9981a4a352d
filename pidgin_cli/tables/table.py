"""What a table is: a name, columns, and rows as tuples in the order of the columns."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

ColumnType = Literal["text", "integer", "number", "boolean", "time"]
Row = tuple[Any, ...]


class Column(NamedTuple):
    """One column of a table.

    Args:
        type: text; integer of 64 bits; number (a double); boolean; or time, which rows hold as
            Unix seconds.
        meaning: what stands in it, for the documentation and for files.
        json: whether its texts are JSON, of which programs want the values.
    """

    name: str
    type: ColumnType
    meaning: str
    json: bool = False


class Table(NamedTuple):
    """One table: what its rows are about, and its columns."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in their order."""
        return tuple(column.name for column in self.columns)
