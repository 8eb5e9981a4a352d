"""Similarity: how alike two sets, two profiles of counts or two sizes are, from 0 to 1."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence, Set


def jaccard(first: Set[Hashable], second: Set[Hashable]) -> float:
    """Give the share of members that two sets have in common.

    Range: 0 (none) to 1 (the same set); two empty sets are the same.
    Formula: |A ∩ B| / |A ∪ B|.
    Source: P. Jaccard, "The Distribution of the Flora in the Alpine Zone", 1912.
    """
    common = len(first & second)
    joined = len(first) + len(second) - common
    return common / joined if joined else 1.0


def ruzicka(
    first: Mapping[str, int], second: Mapping[str, int], scales: tuple[int, int] = (1, 1)
) -> float:
    """Give how alike two profiles of counts are: the Jaccard index of multisets.

    Range: 0 (nothing in common) to 1 (equal); two empty profiles are equal.
    Formula: Σ min(aᵢ/s, bᵢ/t) / Σ max(aᵢ/s, bᵢ/t), where s and t are the scales: sizes of the texts
    that turn counts into rates. Computed in whole numbers, with one division at the end.
    Source: M. Růžička, 1958; also known as weighted Jaccard similarity.
    """
    first_scale, second_scale = scales
    least = most = 0
    for key in first.keys() | second.keys():
        one, other = first.get(key, 0) * second_scale, second.get(key, 0) * first_scale
        if one < other:
            least, most = least + one, most + other
        else:
            least, most = least + other, most + one
    return least / most if most else 1.0


def aligned(first: Sequence[int], second: Sequence[int]) -> float:
    """Give how alike two rows of sizes are, place by place; the shorter is filled up with zeros.

    Range, formula and source: those of `ruzicka`, with the place as the key.
    """
    least = sum(map(min, first, second))
    most = sum(first) + sum(second) - least
    return least / most if most else 1.0


def ratio(first: int, second: int) -> float:
    """Give the smaller of two sizes as a share of the larger.

    Range: 0 (one is nothing) to 1 (equal, two zeros included). Formula: min(a, b) / max(a, b).
    """
    most = max(first, second)
    return min(first, second) / most if most else 1.0
