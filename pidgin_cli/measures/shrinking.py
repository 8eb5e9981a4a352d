"""Shrinking: messages that were long collapse to a few words and stay so."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pidgin_cli.measures.attractor import Attractor, Remark, confidence, last_turns, turn_numbers

SHORT = 5
"""Words that a collapsed message has at most."""

SHARE = 0.25
"""Of the usual length before, a collapsed message has at most so much."""


def shrinking(remarks: Sequence[Remark], repetitions: int) -> Attractor | None:
    """Find a collapse into very short messages.

    Formula: every message of the last n ≥ repetitions turns has at most five words, and at most a
    quarter of the (low) median of the messages before them, which are of as many turns as the
    repetitions or more: what was short all along, or after a few words to explain a game, has
    not shrunk. Strength: 1 − mean length of the short messages / that median.
    Source: pidgin's own.
    """
    run = last_turns(remarks, lambda turn: all(said.reading.length <= SHORT for said in turn))
    short = list(chain.from_iterable(run))
    before = remarks[: len(remarks) - len(short)]
    if len(run) < repetitions or len(turn_numbers(before)) < repetitions:
        return None
    usual = sorted(remark.reading.length for remark in before)[(len(before) - 1) // 2]
    lengths = [remark.reading.length for remark in short]
    if max(lengths) > usual * SHARE or not usual:
        return None
    return Attractor(
        "shrinking",
        f"The messages of the last {len(run)} turns have {SHORT} words at most, after a usual"
        f" {usual}.",
        confidence(1 - sum(lengths) / (len(lengths) * usual), len(run)),
        turn_numbers(short),
    )
