"""The attractor: what every search for one is given, gives, and counts by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, takewhile

from pidgin_cli.measures.precision import rounded
from pidgin_cli.measures.reading import Reading


@dataclass(frozen=True)
class Remark:
    """A message, with what patterns are looked for by: who said it, when, and its text."""

    agent_id: str
    turn_number: int
    content: str

    @cached_property
    def reading(self) -> Reading:
        """The counts of its text, made once however many searches ask."""
        return Reading.of(self.content)


@dataclass(frozen=True, slots=True)
class Attractor:
    """A pattern that the conversation is in, and the turns that show it, in order."""

    kind: str
    description: str
    confidence: float
    turns: tuple[int, ...]


Search = Callable[[Sequence[Remark], int], Attractor | None]
"""Looks through remarks for one kind, which takes so many repetitions up to the last remark."""


def confidence(strength: float, repetitions: int) -> float:
    """Give how sure it is that a pattern goes on.

    Range: 0 to 1, rounded to four decimals; below 1 however long the pattern has gone on.
    Formula: strength × (n + 1) / (n + 2) after n repetitions, where strength (0–1) says how purely
    they show the pattern.
    Source: the second factor is Laplace's rule of succession, 1814: the chance of one more success
    after n of n.
    """
    return rounded(strength * (repetitions + 1) / (repetitions + 2))


def last_turns(
    remarks: Sequence[Remark], shows: Callable[[list[Remark]], bool]
) -> list[list[Remark]]:
    """Give the unbroken run of turns, up to the last, whose remarks show something; in order."""
    turns = [list(turn) for _, turn in groupby(remarks, key=lambda remark: remark.turn_number)]
    return [*takewhile(shows, reversed(turns))][::-1]


def turn_numbers(remarks: Sequence[Remark]) -> tuple[int, ...]:
    """Give the turns of remarks, each once, in order."""
    return tuple(sorted({remark.turn_number for remark in remarks}))
