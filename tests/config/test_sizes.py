from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.sizes import UNITS, parse_size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0B", 0),
        ("500MB", 500_000_000),
        ("500 mb", 500_000_000),
        ("1.5GB", 1_500_000_000),
        ("2GiB", 2_147_483_648),
        ("0.1KiB", 102),
        ("1TB", 10**12),
        ("20G", 20 * 2**30),
        ("1.5k", 1536),
        ("7 t", 7 * 2**40),
    ],
)
def test_a_size_is_read_to_the_byte(text: str, expected: int) -> None:
    assert expected == parse_size(text)


@pytest.mark.parametrize(
    "text",
    ["", "500", "MB", "5 pounds", "5XB", "-5MB", "1e3MB", "1.MB", "٣MB", "5MB\n", "9" * 16 + "MB"],
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\A"):
        parse_size(text)


@given(st.integers(0, 10**15 - 1), st.sampled_from(sorted(UNITS)))
def test_a_whole_number_of_a_unit_is_that_many(number: int, unit: str) -> None:
    assert number * UNITS[unit] == parse_size(f"{number}{unit}")
