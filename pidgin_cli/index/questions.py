"""Questions: what of which experiments is asked, and the conditions that this makes in SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import encode_value

LABEL = "label:"
LARGEST = 2**63 - 1
"""The largest number that SQLite knows."""

Turns: TypeAlias = tuple[tuple[int | None, int | None], ...]
"""Ranges of turns, both ends included; None leaves an end open."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. What is None or empty does not restrict anything.

    Args:
        names: names of experiments.
        by: experiment, model, group, agent or label:KEY, by which rows are summed up.
        type: says of a type of events whether it is wanted.
        since, until: Unix seconds, the first included, the other not.
        limit: most rows of the answer.
    """

    names: tuple[str, ...] | None = None
    by: str | None = None
    type: Callable[[str], bool] | None = None
    agents: tuple[str, ...] = ()
    turns: Turns = ()
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

    def values_of(self, values: Sequence[Any]) -> str:
        """Give the table of some values in SQL, however many they are."""
        return f"json_each({self.value(encode_value(values).decode())})"

    def one_of(self, column: str, values: Sequence[str]) -> None:
        """Ask for one of several values; for none there is no row."""
        self.texts.append(f"{column} in (select value from {self.values_of(values)})")

    def within(self, column: str, first: float | None, end: float | None) -> None:
        """Ask for a value from the first on, and before the end."""
        if first is not None:
            self.texts.append(f"{column} >= {self.value(first)}")
        if end is not None:
            self.texts.append(f"{column} < {self.value(end)}")

    def in_turns(self, column: str, turns: Turns) -> None:
        """Ask for one of several ranges of turns."""
        if turns:
            ranges = self.values_of([_filled(*ends) for ends in turns])
            within = "json_extract(value, '$[0]') and json_extract(value, '$[1]')"
            self.texts.append(f"exists (select 1 from {ranges} where {column} between {within})")

    def of_experiments(self, names: tuple[str, ...] | None) -> None:
        """Ask for one of several experiments."""
        if names is not None:
            self.one_of("experiments.name", names)

    def of_agents(self, column: str, agents: tuple[str, ...]) -> None:
        """Ask for one of several agents, where any are named."""
        if agents:
            self.one_of(column, agents)

    def limit(self, rows: int | None) -> str:
        """Give the end of a query with no more rows than that."""
        return "" if rows is None else f"limit {self.value(min(rows, LARGEST))}"

    def sql(self) -> str:
        """Give the conditions as a part of a query."""
        return f"where {' and '.join(self.texts)}" if self.texts else ""


def check_selectors(what: str, question: Question, known: Mapping[str, bool]) -> None:
    """See that rows can be selected by all that was asked.

    Raises:
        UsageError: they cannot.
    """
    asked = {"--agent": question.agents, "--turn": question.turns, "--type": question.type}
    for word, value in asked.items():
        if value and not known.get(word):
            raise UsageError(f"query {what} does not tell one from another by {word}")


def check_dimension(by: str, allowed: tuple[str, ...]) -> None:
    """See that rows can be summed up so.

    Raises:
        UsageError: they cannot.
    """
    if by not in allowed and (not by.startswith(LABEL) or by == LABEL):
        raise UsageError(f"--by {by!r} is none of {', '.join(allowed)} and label:KEY")


def _filled(first: int | None, last: int | None) -> tuple[int, int]:
    return first or 0, LARGEST if last is None else last
