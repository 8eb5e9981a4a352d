from __future__ import annotations

import math
from typing import Any

import pytest

from pidgin_cli.events import payload
from pidgin_cli.events.event import NOTHING


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("words", "words"),
        ("", ""),
        (None, None),
        (5, "5"),
        (False, "false"),
        ([{"text": "hi"}], '[{"text":"hi"}]'),
        ({}, "{}"),
    ],
)
def test_text_that_is_something_else_becomes_its_json(value: Any, expected: str | None):
    assert expected == payload.text({"x": value}, "x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), (0, 0), (-1, -1), (True, None), (5.0, None), ("5", None), (None, None), ([], None)],
)
def test_an_integer_is_that_and_nothing_else(value: Any, expected: int | None):
    assert expected == payload.integer({"x": value}, "x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, 5), (0.5, 0.5), (True, None), ("5", None), (math.nan, None), (math.inf, None), ({}, None)],
)
def test_a_number_is_finite(value: Any, expected: float | None):
    assert expected == payload.number({"x": value}, "x")


def test_the_sum_of_two_numbers_is_finite():
    assert payload.number({"x": 1e308}, "x") is None


@pytest.mark.parametrize("value", [None, 5, "x", [], [{}]])
def test_what_is_no_object_is_one_with_nothing_in_it(value: Any):
    assert NOTHING == payload.mapping({"x": value}, "x")


def test_an_object_is_given_as_it_is():
    value = {"a": 1}
    assert value is payload.mapping({"x": value}, "x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [([{"a": 1}, 5, None, {}], [{"a": 1}, {}]), ({"a": 1}, []), ("abc", []), (5, []), (None, [])],
)
def test_of_a_list_the_objects_are_given(value: Any, expected: list[Any]):
    assert expected == payload.mappings({"x": value}, "x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ([], ()),
        (["agent_a", "agent_b"], ("agent_a", "agent_b")),
        ("agent_b", ("agent_b",)),
        ([1, None, {"a": []}], ("1", "null", '{"a":[]}')),
        ({"a": 1}, ('{"a":1}',)),
    ],
)
def test_texts_are_a_list_or_the_only_one(value: Any, expected: tuple[str, ...] | None):
    assert expected == payload.texts({"x": value}, "x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"kind": "timeout"}, {"kind": "timeout"}),
        ("it broke", {"message": "it broke"}),
        ([1], {"message": "[1]"}),
        (None, {}),
    ],
)
def test_an_error_that_is_no_object_is_the_message_of_one(value: Any, expected: dict[str, Any]):
    assert expected == dict(payload.error({"error": value}))


def test_what_is_missing_is_none_or_nothing():
    readers = (payload.text, payload.integer, payload.number, payload.texts)
    assert [None] * 4 == [read({}, "x") for read in readers]
    assert [] == payload.mappings({}, "x")
    assert {} == payload.mapping({}, "x")
