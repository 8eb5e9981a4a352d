from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.times import instant
from pidgin_cli.export.comma_separated import FORMULA_STARTS, CommaSeparated, comma_separated
from pidgin_cli.tables.table import Column

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


COLUMNS = (
    Column("type", "text", "comes again"),
    Column("content", "text", "hardly comes again"),
    Column("count", "integer", "whole"),
    Column("share", "number", "a double"),
    Column("whole", "boolean", "yes or no"),
    Column("timestamp", "time", "when"),
)
ROWS = st.tuples(
    texts | st.sampled_from(["=1", "a,b", 'say "x"', "a\r\nb", ""]) | st.none(),
    texts | st.sampled_from(["@x", "\r", "+", "＝1"]) | st.none(),
    st.integers(-(2**63), 2**63 - 1) | st.none(),
    st.floats(allow_nan=False, allow_infinity=False) | st.none(),
    st.booleans() | st.none(),
    st.floats(-1e9, 1e10) | st.none(),
)


@given(st.lists(ROWS, min_size=1), st.booleans())
def test_rows_of_typed_columns_are_the_lines_that_each_of_them_is(
    rows: list[tuple[object, ...]], raw: bool
) -> None:
    made = CommaSeparated(COLUMNS, raw=raw)
    readable = [(*row[:-1], None if row[-1] is None else instant(row[-1])) for row in rows]  # type: ignore[arg-type]
    names = [column.name for column in COLUMNS]
    assert b"".join(comma_separated(names, readable, raw=raw)) == made.head() + made.lines(rows)
