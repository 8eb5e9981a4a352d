"""Convergence: how alike what the agents say in one turn is, as one score and its components."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import fsum
from types import MappingProxyType

from pidgin_cli.measures.precision import rounded
from pidgin_cli.measures.reading import Reading
from pidgin_cli.measures.similarity import aligned, jaccard, ratio, ruzicka
from pidgin_cli.measures.style import style_matching

CONVERGENCE_VERSION = 3
"""Raised whenever the same texts would be given other numbers."""

Weights = Mapping[str, float]
"""What components count for in a score, in any scale; those that are not named count nothing."""

PROFILES: Mapping[str, Weights] = MappingProxyType(
    {
        # Half of it is words, so that texts of one shape about different things stay far from 1.
        "balanced": {
            "vocabulary": 0.5,
            "length": 0.1,
            "sentences": 0.15,
            "punctuation": 0.15,
            "structure": 0.1,
        },
        "words": {"vocabulary": 0.6, "phrases": 0.4},
        "form": {"length": 0.2, "sentences": 0.3, "punctuation": 0.3, "structure": 0.2},
        "style": {"style": 1.0},
    }
)
"""Weights by the name of what they look at."""


@dataclass(frozen=True, slots=True)
class Convergence:
    """A score of 0–1, and the components of 0–1 that it is made of."""

    score: float
    components: Mapping[str, float]


def convergence(
    readings: Sequence[Reading], weights: Weights = PROFILES["balanced"]
) -> Convergence:
    """Give how alike texts are: the mean over all pairs of them.

    Range: 0 to 1, rounded to four decimals. Texts that are the same give 1, in any order the same.
    Two texts that say nothing (no word, no mark) are alike, 1; one that says nothing and one that
    says something are not, 0. Fewer than two texts have nothing to differ from, 1.

    Formula: Σ weight × component / Σ weight, where a component is the mean over pairs of

    - vocabulary: Jaccard index of the sets of words, which is the overlap of vocabularies
    - length: the smaller number of words divided by the larger
    - sentences: Růžička similarity of the sentences' lengths in words, longest first, so that one
      sentence more does not put all others out of step
    - punctuation: Růžička similarity of the rates of each mark per word
    - structure: Růžička similarity of the numbers of paragraphs, headings, list items, quotes,
      table rows and code blocks
    - phrases: Jaccard index of the sets of phrases, which are runs of three words
    - style: matching of function words

    Source: the weights are pidgin's own; the indices are cited at `similarity` and
    `style_matching`. Sums are exactly rounded (fsum), so the same texts give the same numbers on
    every platform and Python.
    """
    components = _means(list(combinations(readings, 2)), COMPONENTS)
    return Convergence(_score(components, weights), components)


def baseline(
    pairs: Iterable[tuple[Reading, Reading]], weights: Weights = PROFILES["balanced"]
) -> float | None:
    """Give how alike texts are that do not answer each other: what chance alone would give.

    Range and formula: those of the score of `convergence`, over the given pairs; None without any.
    Source: pidgin's own; a baseline of surrogate pairs, as the literature on alignment makes it by
    pairing turns that were not spoken to each other.
    """
    given = list(pairs)
    return _score(_means(given, weights), weights) if given else None


def _marks(first: Reading, second: Reading) -> float:
    return ruzicka(first.marks, second.marks, (max(first.length, 1), max(second.length, 1)))


_COMPARISONS: Mapping[str, Callable[[Reading, Reading], float]] = MappingProxyType(
    {
        "vocabulary": lambda one, other: jaccard(one.words.keys(), other.words.keys()),
        "length": lambda one, other: ratio(one.length, other.length),
        "sentences": lambda one, other: aligned(one.lengths, other.lengths),
        "punctuation": _marks,
        "structure": lambda one, other: ruzicka(one.blocks, other.blocks),
        "phrases": lambda one, other: jaccard(one.phrases.keys(), other.phrases.keys()),
        "style": lambda one, other: style_matching(one.words, other.words),
    }
)
COMPONENTS = tuple(_COMPARISONS)
"""What there is to be alike in, by name, in the order in which it is given."""


def _means(pairs: Sequence[tuple[Reading, Reading]], names: Iterable[str]) -> dict[str, float]:
    return {
        name: rounded(fsum(_compare(name, *pair) for pair in pairs) / len(pairs)) if pairs else 1.0
        for name in names
    }


def _compare(name: str, first: Reading, second: Reading) -> float:
    return 0.0 if first.blank != second.blank else _COMPARISONS[name](first, second)


def _score(components: Mapping[str, float], weights: Weights) -> float:
    score = fsum(weight * components[name] for name, weight in weights.items())
    return rounded(score / fsum(weights.values()))
