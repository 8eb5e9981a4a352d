"""Questions: what of which experiments is asked, and the conditions that this makes in SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import encode_value

LABEL = "label:"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. What is None or empty does not restrict anything.

    Args:
        names: names of experiments.
        by: experiment, model, group, agent or label:KEY, by which rows are summed up.
        types: patterns of event types, with * and ?.
        turns: ranges of turns, both ends included; None leaves an end open.
        since, until: Unix seconds, the first included, the other not.
        limit: most rows of the answer.
    """

    names: tuple[str, ...] | None = None
    by: str | None = None
    types: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    turns: tuple[tuple[int | None, int | None], ...] = ()
    since: float | None = None
    until: float | None = None
    limit: int | None = None


@dataclass(slots=True)
class Conditions:
    """Conditions that must all hold, and the values in them."""

    texts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def value(self, value: Any) -> str:
        """Give the name by which SQL refers to a value."""
        name = f"value_{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def one_of(self, column: str, values: tuple[str, ...], operator: str = "=") -> None:
        """Ask for one of several values."""
        if values:
            each = (f"{column} {operator} {self.value(value)}" for value in values)
            self.texts.append(f"({' or '.join(each)})")

    def within(self, column: str, first: float | None, end: float | None) -> None:
        """Ask for a value from the first on, and before the end."""
        if first is not None:
            self.texts.append(f"{column} >= {self.value(first)}")
        if end is not None:
            self.texts.append(f"{column} < {self.value(end)}")

    def in_turns(self, column: str, turns: tuple[tuple[int | None, int | None], ...]) -> None:
        """Ask for one of several ranges of turns."""
        each = []
        for first, last in turns:
            parts = [f"{column} >= {self.value(first or 0)}"]
            if last is not None:
                parts.append(f"{column} <= {self.value(last)}")
            each.append(" and ".join(parts))
        if each:
            self.texts.append(f"({' or '.join(each)})")

    def of_experiments(self, names: tuple[str, ...] | None) -> None:
        """Ask for one of several experiments."""
        if names is not None:
            listed = self.value(encode_value(list(names)).decode())
            self.texts.append(f"experiments.name in (select value from json_each({listed}))")

    def sql(self) -> str:
        """Give the conditions as a part of a query."""
        return f"where {' and '.join(self.texts)}" if self.texts else ""


def check_dimension(by: str, allowed: tuple[str, ...]) -> None:
    """See that rows can be summed up so.

    Raises:
        UsageError: they cannot.
    """
    if by not in allowed and (not by.startswith(LABEL) or by == LABEL):
        raise UsageError(f"--by {by!r} is none of {', '.join(allowed)} and label:KEY")
