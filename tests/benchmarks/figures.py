"""A figure: what was measured, what it stands beside and what is asked of it; and their table."""

from __future__ import annotations

from dataclasses import dataclass

from measuring import Taken

HEAD = ("what", "pidgin", "beside", "ratio", "asked", "holds")
WIDTHS = (44, 22, 34, 17, 31, 5)


@dataclass(frozen=True)
class Bound:
    """What a value must not pass."""

    limit: float
    is_least: bool

    def __str__(self) -> str:
        return f"at {'least' if self.is_least else 'most'} {self.limit:,g}"

    def holds(self, value: float) -> bool:
        """Say whether a value keeps to it."""
        return value >= self.limit if self.is_least else value <= self.limit


def at_least(limit: float) -> Bound:
    """Give a bound below."""
    return Bound(limit, True)


def at_most(limit: float) -> Bound:
    """Give a bound above."""
    return Bound(limit, False)


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Args:
        value: what the bound speaks of, in the unit; None where it could not be measured.
        beside: what was measured with it, empty where it stands alone.
        is_ratio: whether the value is one of the two to the other.
    """

    what: str
    value: float | None
    unit: str
    ours: str
    beside: str = ""
    asked: Bound | None = None
    is_ratio: bool = True

    def cells(self) -> tuple[str, ...]:
        """Give the row's cells, in the order of the head."""
        asked = f"{self.asked}{self.unit}" if self.asked else ""
        ratio = holds = ""
        if self.value is not None and self.is_ratio:
            ratio = f"{short(self.value)}{self.unit}"
        if self.value is not None and self.asked:
            holds = "yes" if self.asked.holds(self.value) else "no"
        return self.what, self.ours, self.beside, ratio, asked, holds


def alone(what: str, value: float, unit: str, asked: Bound | None = None) -> Figure:
    """Give a figure that stands beside nothing."""
    return Figure(what, value, unit, f"{short(value)}{unit}", asked=asked, is_ratio=False)


def faster(
    what: str, ours: Taken, rival: tuple[str, Taken | None], asked: Bound | None = None
) -> Figure:
    """Give how many times as fast as a rival it is, by the clock."""
    name, theirs = rival
    value = None if theirs is None else theirs.wall / ours.wall
    return Figure(what, value, " × as fast", told(ours), f"{name}: {told(theirs)}", asked)


def longer(
    what: str, ours: Taken, rival: tuple[str, Taken | None], asked: Bound | None = None
) -> Figure:
    """Give how many times a rival's time it takes, by the clock."""
    name, theirs = rival
    value = None if theirs is None else ours.wall / theirs.wall
    return Figure(what, value, " × its time", told(ours), f"{name}: {told(theirs)}", asked)


def linear(what: str, whole: Taken, tenth: Taken) -> Figure:
    """Give how many times the time ten times the events take."""
    return longer(f"{what}, 10 × the events", whole, ("a tenth", tenth), at_most(11))


def told(taken: Taken | None) -> str:
    """Say what work took: seconds by the clock, and in brackets of all processors."""
    if taken is None:
        return "not installed"
    if taken.wall < 1:
        return f"{short(taken.wall * 1000)} ms ({short(taken.cpu * 1000)})"
    return f"{short(taken.wall)} s ({short(taken.cpu)})"


def short(value: float) -> str:
    """Give a number with three digits that say something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def row(cells: tuple[str, ...]) -> str:
    """Give a row of a Markdown table."""
    padded = (cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
    return f"| {' | '.join(padded)} |"


def head() -> str:
    """Give the head of the table."""
    return f"{row(HEAD)}\n{row(tuple('-' * width for width in WIDTHS))}"
