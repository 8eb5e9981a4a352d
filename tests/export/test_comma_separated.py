from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.export.comma_separated import FORMULA_STARTS, comma_separated

texts = st.text(st.characters(exclude_categories=["Cs"]))


def written(*cells: object, **options: bool) -> str:
    return b"".join(comma_separated(["a"] * len(cells), [cells], **options)).decode()


def test_cells_are_quoted_where_they_must_be() -> None:
    head, row = written("one, two", 'say "x"', "a\nb", 5, 0.5, None, True, [1]).split("\n", 1)
    assert "a,a,a,a,a,a,a,a" == head
    assert '"one, two","say ""x""","a\nb",5,0.5,,true,[1]\n' == row


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_could_be_a_formula_is_made_harmless(start: str) -> None:
    assert [f"'{start}1"] == list(csv.reader(io.StringIO(written(f"{start}1"), newline="")))[1]


def test_numbers_keep_their_signs() -> None:
    assert "a,a\n-5,-0.5\n" == written(-5, -0.5)


def test_texts_are_left_as_they_are_where_that_is_asked_for() -> None:
    assert "a\n=1\n" == written("=1", raw=True)


@given(st.lists(texts, min_size=1))
def test_every_text_comes_back_from_a_reader(cells: list[str]) -> None:
    rows = csv.reader(io.StringIO(written(*cells, raw=True), newline=""))
    assert cells == list(rows)[1]


@given(texts)
def test_between_tabs_a_row_is_one_line(text: str) -> None:
    line = written(text, text, tabs=True).removeprefix("a\ta\n")
    assert 1 == line.count("\n")
    assert line.endswith("\n")
