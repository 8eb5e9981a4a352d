import random

import pytest

from pidgin_cli.measures.compression import LONGEST, compression

WORDS = [f"word{number}" for number in range(3000)]


def prose(seed: int) -> str:
    return " ".join(random.Random(seed).sample(WORDS, 200))


def test_what_is_said_again_can_be_left_out():
    other, again = compression([prose(1), prose(2)]), compression([prose(1), prose(1)])
    assert again < other * 0.75


@pytest.mark.parametrize("texts", [[], [""], ["Hi."]])
def test_where_nothing_can_be_saved_it_is_one(texts: list[str]):
    assert 1.0 == compression(texts)


def test_the_number_is_the_same_everywhere():
    assert 0.06 == compression(["We go on. " * 100])


def test_of_an_odd_message_only_the_beginning_is_looked_at():
    assert compression(["ab" * LONGEST]) == compression(["ab" * LONGEST + prose(3)])


def test_half_a_surrogate_pair_is_no_obstacle():
    assert 0 < compression(["\ud800" * 1000]) < 0.1
