import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.measures.convergence import WEIGHTS, Convergence, convergence

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


def every(value: float) -> dict[str, float]:
    return dict.fromkeys(WEIGHTS, value)


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
        },
    ) == convergence([first, second])


def test_the_weights_are_one_together():
    assert math.fsum(WEIGHTS.values()) == 1.0


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
        for name in WEIGHTS
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
    assert [0.0 <= number <= 1.0 for number in numbers] == [True] * 6
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
    total = math.fsum(WEIGHTS[name] * value for name, value in measured.components.items())
    assert round(total, 4) == measured.score
