from __future__ import annotations

import re
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.ids import EventIds, check_experiment_id, new_experiment_id


def token(count: int) -> str:
    return "ab" * count


def test_event_ids_count_up_without_gaps():
    ids = EventIds(token)
    expected = [f"abababababababab-{number:06d}" for number in range(1000)]
    assert expected == [next(ids) for _ in range(1000)]


def test_an_event_id_grows_past_six_digits():
    ids = EventIds(token)
    for _ in range(1_000_000):
        last = next(ids)
    assert "abababababababab-999999" == last
    assert "abababababababab-1000000" == next(ids)


def test_two_writers_have_ids_of_their_own():
    first, second = next(EventIds()), next(EventIds())
    assert re.fullmatch(r"[0-9a-f]{16}-000000", first)
    assert first != second


def test_a_new_experiment_id_can_be_that_of_an_experiment():
    assert "exp_ababababab" == check_experiment_id(new_experiment_id(token))


@pytest.mark.parametrize("good", ["a", "7", "exp_001", "A.b-c_d", "x" * 128, "latest2", "ALL"])
def test_a_good_experiment_id_is_given_back(good: str):
    assert good == check_experiment_id(good)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        ".",
        "..",
        ".hidden",
        "-x",
        "_x",
        "a/b",
        "../x",
        "/etc/passwd",
        "a\0b",
        "a\n",
        "a b",
        "é",
        "x" * 129,
        "latest",
        "all",
        "a:b",
        "٣",
    ],
    ids=ascii,
)
def test_a_bad_experiment_id_is_refused(bad: str):
    with pytest.raises(UsageError, match="cannot be an experiment id") as caught:
        check_experiment_id(bad)
    assert ExitStatus.USAGE == caught.value.exit_status


@given(st.text(max_size=140) | st.from_regex(r"[A-Za-z0-9._/-]{0,130}", fullmatch=True))
def test_an_experiment_id_is_refused_exactly_where_it_is_not_of_the_grammar(word: str):
    grammar = r"(?!(latest|all)\Z)[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
    good = re.fullmatch(grammar, word) is not None
    with nullcontext() if good else pytest.raises(UsageError):
        assert word == check_experiment_id(word)
