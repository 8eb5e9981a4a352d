from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.events.usage import Usage


def test_usages_add_up():
    assert Usage(11, 22, 33, 44, 55) == Usage(1, 2, 3, 4, 5) + Usage(10, 20, 30, 40, 50)
    assert 33 == Usage(11, 22, 5, 5, 5).total_tokens


def test_a_payload_has_optional_counts_only_where_there_are_any():
    assert {"input_tokens": 0, "output_tokens": 2} == Usage(0, 2).data()
    assert {
        "input_tokens": 1,
        "output_tokens": 2,
        "cached_tokens": 3,
        "cache_write_tokens": 4,
        "reasoning_tokens": 5,
    } == Usage(1, 2, 3, 4, 5).data()


def test_a_payload_is_read_as_it_was_written():
    assert Usage(1, 2, 3, 4, 5) == Usage.of(Usage(1, 2, 3, 4, 5).data())


@pytest.mark.parametrize("odd", [None, 5, "x", [], [1], {"input_tokens": "7", "new": 1}])
def test_what_is_no_number_counts_as_nothing(odd: Any):
    assert Usage() == Usage.of(odd)
