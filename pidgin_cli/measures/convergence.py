"""Convergence: how alike what the agents say in one turn is, as one score and its components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum
from types import MappingProxyType

from pidgin_cli.measures.reading import Reading
from pidgin_cli.measures.similarity import aligned, jaccard, ratio, ruzicka

CONVERGENCE_VERSION = 1
"""Raised whenever the same texts would be given another score."""

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"vocabulary": 0.5, "length": 0.1, "sentences": 0.15, "punctuation": 0.15, "structure": 0.1}
)
"""What each component counts for in the score; together 1.

Half of it is words, so that texts of the same shape about different things stay far from 1.
"""

DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Convergence:
    """A score of 0–1, and the components of 0–1 that it is made of."""

    score: float
    components: Mapping[str, float]


def convergence(texts: Sequence[str]) -> Convergence:
    """Give how alike texts are: the mean over all pairs of them.

    Range: 0 to 1, rounded to four decimals. Texts that are the same give 1, in any order the same.
    Two texts that say nothing (no word, no mark) are alike, 1; one that says nothing and one that
    says something are not, 0. Fewer than two texts have nothing to differ from, 1.

    Formula: Σ weight × component, where a component is the mean over pairs of

    - vocabulary: Jaccard index of the sets of words
    - length: the smaller number of words divided by the larger
    - sentences: Růžička similarity of the sentences' lengths in words, longest first, so that one
      sentence more does not put all others out of step
    - punctuation: Růžička similarity of the rates of each mark per word
    - structure: Růžička similarity of the numbers of paragraphs, headings, list items, quotes,
      table rows and code blocks

    Source: the weights are pidgin's own; the indices are cited at `similarity`. Sums are exactly
    rounded (fsum), so the same texts give the same numbers on every platform and Python.
    """
    readings = [Reading.of(text) for text in texts]
    pairs = [_compare(first, second) for first, second in combinations(readings, 2)]
    components = {
        name: round(fsum(pair[name] for pair in pairs) / len(pairs), DECIMALS) if pairs else 1.0
        for name in WEIGHTS
    }
    score = fsum(weight * components[name] for name, weight in WEIGHTS.items())
    return Convergence(round(score, DECIMALS), components)


def _compare(first: Reading, second: Reading) -> dict[str, float]:
    if first.blank != second.blank:
        return dict.fromkeys(WEIGHTS, 0.0)
    scales = (max(first.length, 1), max(second.length, 1))
    return {
        "vocabulary": jaccard(first.words.keys(), second.words.keys()),
        "length": ratio(first.length, second.length),
        "sentences": aligned(_lengths(first), _lengths(second)),
        "punctuation": ruzicka(first.marks, second.marks, scales),
        "structure": ruzicka(first.blocks, second.blocks),
    }


def _lengths(reading: Reading) -> list[int]:
    return sorted((len(sentence.words) for sentence in reading.sentences), reverse=True)
