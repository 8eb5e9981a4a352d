from __future__ import annotations

import pytest

from pidgin_cli.cli.table import RowFormat, aligned, cell, row_lines, wrapped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (1_048_576, "1048576"),
        (0.125, "0.125"),
        (2.0, "2"),
        (("a", "b"), "a,b"),
        ("a\tb\n\x1b[2J", "a\\u{9}b\\u{a}\\u{1b}[2J"),
    ],
)
def test_a_value_becomes_one_harmless_line(value: object, expected: str) -> None:
    assert expected == cell(value)


def test_columns_are_aligned_and_empty_ones_left_out() -> None:
    rows = [["a", "", "long one"], ["bb", "", ""]]
    assert b"name  what\na     long one\nbb\n" == b"".join(aligned(["name", "none", "what"], rows))


def test_a_table_of_nothing_has_no_head() -> None:
    assert [] == list(aligned(["name"], []))


@pytest.mark.parametrize(
    ("columns", "expected"), [(7, "1234567\n"), (5, "1234…\n"), (2, "1…\n"), (1, "…\n")]
)
def test_a_table_is_cut_at_the_width_of_the_terminal_and_shows_it(
    monkeypatch: pytest.MonkeyPatch, columns: int, expected: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    _, row = aligned(["n"], [["1234567"]])
    assert expected == row.decode()


def test_what_is_wide_is_aligned_and_cut_by_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "9")
    rows = [["日本", "ab"], ["e\u0301", "日本"]]
    expected = ["x     y\n", "日本  ab\n", "e\u0301     日…\n"]
    assert expected == [line.decode() for line in aligned(["x", "y"], rows)]


ROWS = [("x", 1, None), ("a\tb", 0.5, True)]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("jsonl", b'{"name":"x","n":1,"ok":null}\n{"name":"a\\tb","n":0.5,"ok":true}\n'),
        ("auto", b'{"name":"x","n":1,"ok":null}\n{"name":"a\\tb","n":0.5,"ok":true}\n'),
        ("json", b'[{"name":"x","n":1,"ok":null},{"name":"a\\tb","n":0.5,"ok":true}]\n'),
        ("csv", b"name,n,ok\nx,1,\na\tb,0.5,true\n"),
        ("tsv", b"name\tn\tok\nx\t1\t\na b\t0.5\ttrue\n"),
        ("table", b"name     n    ok\nx        1\na\\u{9}b  0.5  true\n"),
    ],
)
def test_rows_are_shown_as_asked(form: RowFormat, expected: bytes) -> None:
    assert expected == b"".join(row_lines(["name", "n", "ok"], ROWS, form))


def test_the_last_column_goes_on_below_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "26")
    rows = [["a", "what is to be done here"], ["日本", ""]]
    expected = "name  advice\na     what is to be done\n      here\n日本\n"
    assert expected == b"".join(wrapped(["name", "advice"], rows)).decode()
