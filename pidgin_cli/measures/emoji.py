"""Emoji collapse: the agents speak in pictures rather than in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pidgin_cli.measures.attractor import Attractor, Remark, confidence, last_turns, turn_numbers
from pidgin_cli.measures.words import is_emoji

SHARE = 0.5
"""Of a turn's words, at least so many are emoji."""


def emoji_collapse(remarks: Sequence[Remark], repetitions: int) -> Attractor | None:
    """Find a collapse into emoji.

    Formula: in each of the last n ≥ repetitions turns, every message has an emoji, and at least
    half of all words (an emoji is one) are emoji. Strength: the share of emoji over these turns.
    Source: pidgin's own.
    """
    run = last_turns(remarks, _is_emoji)
    if len(run) < repetitions:
        return None
    pictured = list(chain.from_iterable(run))
    return Attractor(
        "emoji_collapse",
        f"At least half of every one of the last {len(run)} turns is emoji.",
        confidence(_share(pictured), len(run)),
        turn_numbers(pictured),
    )


def _is_emoji(turn: list[Remark]) -> bool:
    return all(_emoji(remark) for remark in turn) and _share(turn) >= SHARE


def _emoji(remark: Remark) -> int:
    return sum(count for word, count in remark.reading.words.items() if is_emoji(word))


def _share(remarks: list[Remark]) -> float:
    spoken = sum(remark.reading.length for remark in remarks)
    return sum(map(_emoji, remarks)) / spoken if spoken else 0.0
