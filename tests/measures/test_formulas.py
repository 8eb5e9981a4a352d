"""The formulas as their pages write them, in exact fractions, against what is computed."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.measures.attractor import confidence
from pidgin_cli.measures.phrases import mimicry, phrases, repetition
from pidgin_cli.measures.similarity import jaccard, ruzicka
from pidgin_cli.measures.style import FUNCTION_WORDS, style_matching

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50), max_size=6)
SCALES = st.integers(1, 100)
SENTENCE = st.lists(st.sampled_from(["we", "go", "on", "now"]), max_size=12)
TEXT = st.lists(
    st.sampled_from(["the", "i", "it", "with", "are", "very", "and", "not", "all", "bees", "fly"]),
    max_size=30,
)


@given(st.frozensets(st.integers(0, 9)), st.frozensets(st.integers(0, 9)))
def test_jaccard_is_what_both_have_of_what_either_has(
    first: frozenset[int], second: frozenset[int]
) -> None:
    either = first | second
    expected = Fraction(len(first & second), len(either)) if either else Fraction(1)
    assert float(expected) == jaccard(first, second)


@given(COUNTS, COUNTS, SCALES, SCALES)
def test_ruzicka_is_the_sum_of_the_smaller_rates_by_that_of_the_larger(
    first: dict[str, int], second: dict[str, int], s: int, t: int
) -> None:
    rates = [
        (Fraction(first.get(key, 0), s), Fraction(second.get(key, 0), t))
        for key in {*first, *second}
    ]
    most = sum(max(pair) for pair in rates)
    expected = sum(min(pair) for pair in rates) / most if most else Fraction(1)
    assert float(expected) == ruzicka(first, second, (s, t))


@given(TEXT, TEXT)
def test_style_matching_is_the_mean_over_kinds_of_how_alike_their_shares_are(
    first: list[str], second: list[str]
) -> None:
    def share(text: list[str], kind: frozenset[str]) -> Fraction:
        return Fraction(sum(word in kind for word in text), len(text) or 1)

    shares = [(share(first, kind), share(second, kind)) for kind in FUNCTION_WORDS.values()]
    alike = [1 - abs(p - q) / (p + q) if p + q else Fraction(1) for p, q in shares]
    expected = float(sum(alike) / len(alike))
    assert expected == pytest.approx(style_matching(Counter(first), Counter(second)))


@given(SENTENCE, SENTENCE)
def test_mimicry_is_the_share_of_phrases_that_were_heard_one_by_one(
    said: list[str], heard: list[str]
) -> None:
    def runs(words: list[str]) -> list[tuple[str, ...]]:
        return [tuple(words[at : at + 3]) for at in range(len(words) - 2)]

    taken = [run in runs(heard) for run in runs(said)]
    expected = round(sum(taken) / len(taken), 4) if taken else 0.0
    assert expected == mimicry(phrases([said]), [phrases([heard])])


@given(SENTENCE, st.lists(SENTENCE, max_size=2))
def test_repetition_is_the_share_of_phrases_that_came_before_in_their_order(
    said: list[str], before: list[list[str]]
) -> None:
    runs = [
        [tuple(words[at : at + 3]) for at in range(len(words) - 2)] for words in (*before, said)
    ]
    known, repeated = set(chain.from_iterable(runs[:-1])), 0
    for run in runs[-1]:
        repeated += run in known
        known.add(run)
    expected = round(repeated / len(runs[-1]), 4) if runs[-1] else 0.0
    assert expected == repetition(phrases([said]), [phrases([words]) for words in before])


@pytest.mark.parametrize(("successes", "chance"), [(1, "2/3"), (2, "3/4"), (9, "10/11")])
def test_confidence_is_the_chance_that_laplace_gives_after_so_many_successes(
    successes: int, chance: str
) -> None:
    assert round(float(Fraction(chance)), 4) == confidence(1.0, successes)
