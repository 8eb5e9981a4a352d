from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.measures.similarity import aligned, jaccard, ratio, ruzicka

counts = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9))
sizes = st.lists(st.integers(0, 9), max_size=6)


def test_jaccard_is_the_common_share_of_all_members():
    assert [
        jaccard({1, 2, 3}, {2, 3, 4}),
        jaccard({1}, set()),
        jaccard({1}, {1}),
        jaccard(set(), set()),
    ] == [0.5, 0.0, 1.0, 1.0]


def test_ruzicka_counts_how_often():
    assert [
        ruzicka(Counter("aab"), Counter("abbb")),
        ruzicka(Counter("a"), Counter()),
        ruzicka({}, {}),
    ] == [0.4, 0.0, 1.0]


def test_ruzicka_with_scales_compares_rates():
    assert ruzicka({"a": 1, "b": 2}, {"a": 10, "b": 20}, (5, 50)) == 1.0


def test_aligned_rows_are_compared_place_by_place():
    assert [
        aligned([2, 4], [4, 2]),
        aligned([1], [1, 3]),
        aligned([], []),
    ] == [0.5, 0.25, 1.0]


def test_ratio_is_the_smaller_size_as_a_share_of_the_larger():
    assert [ratio(1, 2), ratio(2, 1), ratio(0, 3), ratio(0, 0)] == [0.5, 0.5, 0.0, 1.0]


@given(counts, counts)
def test_ruzicka_is_symmetric_and_one_only_for_equals(
    first: dict[str, int], second: dict[str, int]
):
    assert ruzicka(first, second) == ruzicka(second, first)
    assert (ruzicka(first, second) == 1.0) == (first == second)


@given(sizes, sizes)
def test_aligned_is_ruzicka_with_the_place_as_key(first: list[int], second: list[int]):
    keyed = [{str(place): size for place, size in enumerate(row)} for row in (first, second)]
    assert ruzicka(*keyed) == aligned(first, second)
