from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.wording import brief, printable, shown


@given(st.text(st.characters()))
def test_any_text_is_shown_in_printable_characters(text: str) -> None:
    assert printable(text).isprintable()


@given(st.one_of(st.integers(), st.floats(), st.text(), st.none(), st.booleans()))
def test_any_value_is_shown_in_printable_characters(value: object) -> None:
    assert shown(value).isprintable()


def test_a_long_text_is_cut_where_it_may_be() -> None:
    assert [brief("x" * 60), brief("x" * 61)] == ["x" * 60, "x" * 60 + "…"]


def test_a_path_is_shown_whole() -> None:
    assert printable("/x" * 500) == "/x" * 500


def test_an_integer_that_python_does_not_write_out_is_shown() -> None:
    assert shown(10**5000) == "a huge number"
