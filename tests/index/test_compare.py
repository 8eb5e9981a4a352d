"""Comparing groups of experiments."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.index.compare import RESAMPLES, compared, drawn_means, interval


def rows(**groups: list[float | None]) -> dict[str, tuple[object, ...]]:
    """Give the row of each group for its turns."""
    table = {
        name: [(value, None, None, None, None) for value in values]
        for name, values in groups.items()
    }
    return {row[1]: row for row in compared(table).rows if row[0] == "turns"}


def test_mean_and_spread_are_those_of_a_sample() -> None:
    row = rows(a=[1, 2, 3, 6])["a"]
    assert (4, 3.0, pytest.approx(statistics.stdev([1, 2, 3, 6]), rel=1e-5)) == row[2:5]


def test_the_interval_is_about_that_of_the_normal_distribution() -> None:
    values = [float(n % 10) for n in range(200)]
    low, high = interval(drawn_means(values, seed=1))
    half = 1.96 * statistics.stdev(values) / 200**0.5
    assert low == pytest.approx(4.5 - half, abs=0.1)
    assert high == pytest.approx(4.5 + half, abs=0.1)


def test_a_difference_that_is_none_is_within_its_interval() -> None:
    row = rows(a=[1, 2, 3, 4] * 10, b=[4, 3, 2, 1] * 10)["b"]
    difference, low, high = row[7:]
    assert difference == 0.0
    assert low < 0.0 < high  # type: ignore[operator]


def test_what_is_not_known_is_not_counted() -> None:
    assert (1, 5.0, None, None, None) == rows(a=[None, 5])["a"][2:7]
    assert (0, None, None, None, None) == rows(a=[None])["a"][2:7]


def test_the_same_experiments_have_the_same_interval() -> None:
    assert rows(a=[1, 2, 5], b=[3, 4, 9]) == rows(a=[1, 2, 5], b=[3, 4, 9])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_an_interval_lies_within_what_was_measured(values: list[float]) -> None:
    drawn = drawn_means(values, seed=3)
    assert RESAMPLES == len(drawn)
    assert min(values) - 1e-3 <= min(drawn) <= max(drawn) <= max(values) + 1e-3
