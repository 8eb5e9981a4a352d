import pytest

from pidgin_cli.providers.sim.choice import Choice, dice
from tests.contracts.provider_contract import request_for


def choice(*drawn: float, temperature: float = 1.0, top_p: float = 1.0) -> Choice:
    return Choice(iter(drawn).__next__, temperature, top_p)


def test_a_temperature_of_one_is_uniform() -> None:
    picks = choice(0.0, 0.249, 0.25, 0.999)
    assert [picks.pick("abcd") for _ in range(4)] == ["a", "a", "b", "d"]


@pytest.mark.parametrize(("temperature", "picked"), [(0, "a"), (0.5, "b"), (1, "c"), (2, "c")])
def test_heat_leads_away_from_the_first_item(temperature: float, picked: str) -> None:
    assert choice(0.5, temperature=temperature).pick("abcd") == picked


def test_top_p_leaves_the_first_share_of_a_list() -> None:
    picks = choice(0.0, 0.5, 0.999, top_p=0.5)
    assert [picks.pick("abcd") for _ in range(3)] == ["a", "b", "b"]


def test_the_largest_number_drawn_at_the_greatest_heat_stays_within_the_list() -> None:
    assert choice(1 - 2**-53, temperature=2).pick("abcd") == "d"


def test_what_was_used_is_picked_again_only_when_all_was_used() -> None:
    picks, used = choice(0.0, 0.0, 0.0), set[str]()
    assert [picks.pick_new("ab", used) for _ in range(3)] == ["a", "b", "a"]


def test_a_cold_mind_says_yes_whenever_it_may() -> None:
    cold = choice(0.9, 0.9, temperature=0)
    assert [cold.chance(0.01), cold.chance(0.0)] == [True, False]


def test_dice_give_numbers_that_no_python_may_change() -> None:
    thrown = dice(request_for("chatty"), 7, "text")
    assert [round(thrown.random(), 6) for _ in range(3)] == [0.908849, 0.301992, 0.237124]
