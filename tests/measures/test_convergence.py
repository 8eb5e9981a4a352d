import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.measures.convergence import (
    COMPONENTS,
    PROFILES,
    Convergence,
    Weights,
    baseline,
)
from pidgin_cli.measures.convergence import convergence as convergence_of
from pidgin_cli.measures.reading import Reading

any_text = st.text(st.characters(exclude_categories=()))
ODD = [
    "",
    " \n\t",
    "\ud800\udfff",
    "\ufffd",
    "漢字仮名" * 25_000,
    "👨‍👩‍👧🎉" * 20_000,
    "a" * 100_000,
    "." * 99_999 + "x",
    ". " * 50_000,
    ".)" * 50_000,
    "a'" * 50_000,
    "a\u0300" * 50_000,
    "#" * 100_000,
    "```\n" * 25_000,
    " ".join(map(str, range(5_000))),
]


def convergence(texts: Sequence[str], weights: Weights = PROFILES["balanced"]) -> Convergence:
    return convergence_of([Reading.of(text) for text in texts], weights)


def every(value: float) -> dict[str, float]:
    return dict.fromkeys(COMPONENTS, value)


def test_two_messages_are_measured_by_their_components():
    first = "Yes, I think so. Do you agree?"
    second = "Yes, you do. I agree!\n\n- point"
    assert Convergence(
        0.5949,
        {
            "vocabulary": 0.625,
            "length": 0.8571,
            "sentences": 0.625,
            "punctuation": 0.3529,
            "structure": 0.5,
            "phrases": 0.0,
            "style": 0.8718,
        },
    ) == convergence([first, second])


@pytest.mark.parametrize("profile", PROFILES)
def test_the_weights_of_a_profile_are_one_together_and_of_components(profile: str):
    assert math.fsum(PROFILES[profile].values()) == 1.0
    assert set(PROFILES[profile]) <= set(COMPONENTS)


@pytest.mark.parametrize(
    ("weights", "score"),
    [
        ({"vocabulary": 1.0}, 0.625),
        ({"vocabulary": 3.0, "structure": 1.0}, 0.5938),
        (PROFILES["words"], 0.375),
    ],
)
def test_weights_of_any_scale_make_the_score(weights: Weights, score: float):
    first = "Yes, I think so. Do you agree?"
    assert score == convergence([first, "Yes, you do. I agree!\n\n- point"], weights).score


def test_a_baseline_is_the_mean_score_of_pairs_that_did_not_answer_each_other():
    a, b, c = (Reading.of(text) for text in ("One two three.", "One two.", "Four!"))
    pairs = [(a, b), (a, c)]
    scores = [convergence_of(pair).score for pair in pairs]
    assert round(math.fsum(scores) / 2, 4) == baseline(pairs)


def test_without_pairs_there_is_no_baseline():
    assert baseline([]) is None


def test_messages_without_a_word_in_common_and_of_other_shape_are_near_zero():
    listed = (
        "# Plan\n\n1. Water boils; salt dissolves\n2. Pasta goes in\n\nStir often, then drain it."
    )
    assert convergence(["Why?", listed]).score < 0.1


def test_silence_is_like_silence():
    assert Convergence(1.0, every(1.0)) == convergence(["", " \n"])


def test_silence_is_unlike_any_words():
    assert Convergence(0.0, every(0.0)) == convergence(["", "Hello there."])


def test_fewer_than_two_messages_have_nothing_to_differ_from():
    assert Convergence(1.0, every(1.0)) == convergence(["Hello."]) == convergence([])


def test_more_than_two_messages_are_the_mean_over_pairs():
    pairs = [("a b.", "a b."), ("a b.", "c d e f?"), ("a b.", "c d e f?")]
    mean = {
        name: round(math.fsum(convergence(pair).components[name] for pair in pairs) / 3, 4)
        for name in COMPONENTS
    }
    assert mean == convergence(["a b.", "a b.", "c d e f?"]).components


def test_typographic_quotes_are_no_difference():
    plain = 'It\'s "fine".'
    assert Convergence(1.0, every(1.0)) == convergence([plain, "It’s “fine”."])


@pytest.mark.parametrize("text", ODD, ids=lambda text: f"{text[:3]!a}-{len(text)}")
def test_an_odd_message_is_wholly_like_itself(text: str):
    assert Convergence(1.0, every(1.0)) == convergence([text, text])


@given(st.lists(any_text, max_size=4))
def test_every_number_is_from_zero_to_one_with_four_decimals(texts: list[str]):
    measured = convergence(texts)
    numbers = [measured.score, *measured.components.values()]
    assert [0.0 <= number <= 1.0 for number in numbers] == [True] * 8
    assert [round(number, 4) for number in numbers] == numbers


@given(st.lists(any_text, min_size=2, max_size=4), st.randoms())
def test_the_order_of_the_messages_makes_no_difference(texts: list[str], random):
    other = list(texts)
    random.shuffle(other)
    assert convergence(texts) == convergence(other)


@given(any_text)
def test_a_message_is_wholly_like_itself(text: str):
    assert Convergence(1.0, every(1.0)) == convergence([text, text])


@given(any_text, any_text)
def test_the_score_is_the_weighted_sum_of_the_components_as_written(first: str, second: str):
    measured = convergence([first, second])
    weights = PROFILES["balanced"]
    total = math.fsum(weights[name] * measured.components[name] for name in weights)
    assert round(total, 4) == measured.score
