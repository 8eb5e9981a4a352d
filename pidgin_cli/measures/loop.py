"""Loop: an agent says the same, or nearly the same, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from pidgin_cli.measures.attractor import Attractor, Remark, confidence, turn_numbers
from pidgin_cli.measures.similarity import ruzicka

ALIKE = 0.85
"""Two messages whose words are at least so alike (Růžička) are nearly the same."""

ANSWER = 5
"""A message of fewer words can be an answer ("Yes.", "Go on."), which may come often."""


@dataclass(frozen=True, slots=True)
class _Cycle:
    """The last remarks of one agent: so many of its messages come back in order, so often."""

    remarks: list[Remark]
    period: int
    strength: float

    @property
    def rounds(self) -> int:
        return len(self.remarks) // self.period

    @property
    def answers(self) -> bool:
        return 0 < max(remark.reading.length for remark in self.remarks) < ANSWER

    @property
    def words(self) -> str:
        what = "itself" if self.period == 1 else f"a cycle of {self.period} messages"
        return f"{self.remarks[0].agent_id} repeats {what} ({self.rounds} times)"


def loop(remarks: Sequence[Remark], repetitions: int) -> Attractor | None:
    """Find agents that repeat themselves.

    Formula: the last messages of an agent, up to the last turn, are n ≥ repetitions rounds of a
    cycle of one or more messages, each of which has a Růžička similarity of words of at least 0.85
    with its like one round before. Cycles of answers (fewer than five words, but some) count only
    where every agent repeats itself: one may rightly say "Yes." three times. Strength: the mean of
    these similarities; of several agents, the surest counts.
    Source: pidgin's own; similarity as cited at `similarity.ruzicka`. Compares a message at most
    once for each possible length of a cycle.
    """
    spoken: dict[str, list[Remark]] = {}
    for remark in remarks:
        spoken.setdefault(remark.agent_id, []).append(remark)
    found = [
        cycle
        for said in spoken.values()
        if said[-1].turn_number == remarks[-1].turn_number
        if (cycle := _cycle(said, repetitions))
    ]
    if len(found) < len(spoken):
        found = [cycle for cycle in found if not cycle.answers]
    if not found:
        return None
    return Attractor(
        "loop",
        ", ".join(cycle.words for cycle in found) + ".",
        max(confidence(cycle.strength, cycle.rounds) for cycle in found),
        turn_numbers([remark for cycle in found for remark in cycle.remarks]),
    )


def _cycle(said: list[Remark], repetitions: int) -> _Cycle | None:
    for period in range(1, len(said) // repetitions + 1):
        likeness: list[float] = []
        for place in range(len(said) - 1, period - 1, -1):
            alike = ruzicka(said[place].reading.words, said[place - period].reading.words)
            if alike < ALIKE:
                break
            likeness.append(alike)
        length = (len(likeness) + period) // period * period
        if length >= repetitions * period:
            return _Cycle(said[-length:], period, fsum(likeness) / len(likeness))
    return None
