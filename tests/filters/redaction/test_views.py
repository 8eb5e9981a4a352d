from __future__ import annotations

import re
import sys
import unicodedata

import pytest

from pidgin_cli.filters.redaction.views import (
    PLAIN,
    View,
    open_ends,
    undisguised,
    unescaped,
    unpercented,
    views,
)


def shown(text: str) -> list[str]:
    return [view.text for view in views(text)]


def test_a_plain_text_has_one_view():
    assert ["Übrigens: 你好, “so” — 🙂"] == shown("Übrigens: 你好, “so” — 🙂")


def test_what_is_taken_for_plain_is_normal_has_a_shape_and_joins_with_nothing():
    plain = [each for each in map(chr, range(sys.maxunicode + 1)) if re.match(f"[{PLAIN}]", each)]
    odd = [
        each
        for each in plain
        if not unicodedata.is_normalized("NFKC", each)
        or unicodedata.combining(each)
        or unicodedata.category(each) == "Cf"
    ]
    assert [] == odd


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ｓｋ－１", "sk-1"),
        ("s\u200bk\u2060-\u00ad1\ufeff", "sk-1"),
        ("cafe\u0301", "caf\u00e9"),
        ("e\u200b\u0301", "\u00e9"),
        ("\U0001d5e6\U0001d5f8", "Sk"),
        ("①②", "12"),
        ("ﬁn", "fin"),
    ],
)
def test_disguises_are_taken_off(text: str, plain: str):
    view = undisguised(View(text))
    assert view is not None
    assert (plain, (0, len(text.rstrip("\ufeff")))) == (
        view.text,
        view.origin(0, len(plain)),
    ) or (plain, (0, len(text))) == (view.text, view.origin(0, len(plain)))


def test_each_letter_of_a_view_knows_where_it_came_from():
    view = undisguised(View("aｂ\u200bcﬁd"))
    assert view is not None
    assert ("abcfid", [(0, 1), (1, 3), (3, 4), (4, 5), (4, 5), (5, 6)]) == (
        view.text,
        [view.origin(place, place + 1) for place in range(6)],
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (r"a\u0062\"c\\d\ne", 'ab"c\\d\ne'),
        (r"\ud83d\ude42!", "🙂!"),
        (r"\ud83d!", "\ud83d!"),
        (r"\x41\/\t", "A/\t"),
    ],
)
def test_escapes_are_taken_off(text: str, meant: str):
    view = unescaped(View(text))
    assert view is not None
    assert meant == view.text


@pytest.mark.parametrize("text", ["no escape", "a\\", r"\q\u12", r"C:\dir"])
def test_what_is_no_escape_stays(text: str):
    assert unescaped(View(text)) is None


@pytest.mark.parametrize(
    ("text", "meant"), [("%61b%C3%A9", "ab\u00e9"), ("100%25", "100%"), ("%FF!", "\ufffd!")]
)
def test_percent_signs_are_taken_off(text: str, meant: str):
    view = unpercented(View(text))
    assert view is not None
    assert meant == view.text


def test_views_are_made_of_views():
    assert "anna" in shown(r"\u0025\u0036\u0031nna")
    assert "anna" in shown("％6％31nna")
    assert "anna" in shown("%255C%75%30%30%36%31nna")


def test_views_are_not_without_end():
    assert len(shown("\\\\\\\\\\u0025" * 9 + "%25%5c%75" * 9)) < 40


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("plain", []),
        ("a\\", [1]),
        ("a\\u00", [1]),
        ("a\\\\u0", [1]),
        ("a\\u0041", []),
        ("a%", [1]),
        ("a%4", [1]),
        ("a%41", []),
        ("a%C3", [1]),
        ("a%E2%82", [1]),
    ],
)
def test_an_escape_that_is_not_whole_is_an_open_end(text: str, places: list[int]):
    assert places == [*open_ends(text)]
