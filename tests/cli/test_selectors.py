from __future__ import annotations

import pytest

from pidgin_cli.cli.selectors import SelectorOptions
from pidgin_cli.errors import UsageError
from pidgin_cli.filters.select import Selection, Turns


def test_values_are_joined_by_commas_and_by_repetition() -> None:
    options = SelectorOptions(type=["a,b", "c.*"], agent=["agent_a"], turn=["3", "5..7,..1", "9.."])
    assert (
        Selection(
            types=("a", "b", "c.*"),
            agents=("agent_a",),
            turns=(Turns(3, 3), Turns(5, 7), Turns(None, 1), Turns(9, None)),
        )
        == options.selection()
    )


def test_times_count_back_from_now() -> None:
    options = SelectorOptions(since="2h", until="1970-01-02")
    assert Selection(since=800.0, until=86_400.0) == options.selection(clock=lambda: 8000.0)


@pytest.mark.parametrize("turn", ["x", "..", "1...2", "-1", "1.2"])
def test_what_is_no_turn_is_refused(turn: str) -> None:
    with pytest.raises(UsageError, match="is no turn"):
        SelectorOptions(turn=[turn]).selection()


@pytest.mark.parametrize("empty", ["", ","])
@pytest.mark.parametrize("option", ["type", "agent", "turn"])
def test_nothing_at_all_is_not_taken_for_everything(option: str, empty: str) -> None:
    with pytest.raises(UsageError, match=f"^--{option} is empty: is a variable not set\\?"):
        SelectorOptions(**{option: [empty]}).selection()


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(UsageError, match="--until '3h' is no later than --since '2h'"):
        SelectorOptions(since="2h", until="3h").selection()
    with pytest.raises(UsageError, match="--since 'soon' is no time"):
        SelectorOptions(since="soon").selection()
