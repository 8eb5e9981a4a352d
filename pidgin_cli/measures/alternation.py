"""Alternation: new words, but every agent's messages keep one and the same build."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from pidgin_cli.measures.attractor import Attractor, Remark, confidence, turn_numbers
from pidgin_cli.measures.similarity import aligned

ALIKE = 0.85
"""The lengths of the sentences, in order, are at least so alike (Růžička).

Between unrelated sentences of ordinary prose it is about 0.7.
"""

BUILT = 3
"""Messages of fewer sentences are too simple to have a build of their own."""


def alternation(remarks: Sequence[Remark], repetitions: int) -> Attractor | None:
    """Find a round of message shapes that comes back: A-B-A-B for two agents.

    Formula: the last messages are n ≥ repetitions rounds of one message for each agent that
    speaks in them, and each message has the same author and build as the one a round before: the
    same blocks, the same end marks of its sentences in order, lengths of sentences with a Růžička
    similarity of at least 0.85 place by place, and at least three sentences. Strength: the mean
    of these similarities.
    Source: pidgin's own; similarity as cited at `similarity.ruzicka`. Compares a message once.
    """
    period = len({remark.agent_id for remark in remarks})
    likeness: list[float] = []
    for place in range(len(remarks) - 1, period - 1, -1):
        alike = _alike(remarks[place], remarks[place - period])
        if alike < ALIKE:
            break
        likeness.append(alike)
    rounds = len(likeness) // period + 1 if likeness else 0
    if rounds < repetitions:
        return None
    return Attractor(
        "alternation",
        f"The last {rounds} rounds of messages are built alike, whatever their words.",
        confidence(fsum(likeness) / len(likeness), rounds),
        turn_numbers(remarks[-rounds * period :]),
    )


def _alike(later: Remark, earlier: Remark) -> float:
    one, other = later.reading, earlier.reading
    if later.agent_id != earlier.agent_id or len(one.sentences) < BUILT:
        return 0.0
    if one.blocks != other.blocks:
        return 0.0
    if [each.ending for each in one.sentences] != [each.ending for each in other.sentences]:
        return 0.0
    return aligned(
        [len(each.words) for each in one.sentences], [len(each.words) for each in other.sentences]
    )
