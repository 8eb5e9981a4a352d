"""What foreign text may do to a terminal: nothing."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.views.visible import _SUSPECT, _is_plain, one_line, visible

ANY_TEXT = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "\\u{1b}]52;c;aGk=\\u{7}"),
        ("\x9b31m", "\\u{9b}31m"),
        ("exe\u202etxt", "exe\\u{202e}txt"),
        ("a\u200bb\ufeff", "a\\u{200b}b\\u{feff}"),
        ("a\u2028b\u2029c", "a\\u{2028}b\\u{2029}c"),
        ("\x7f\x00", "\\u{7f}\\u{0}"),
        ("\U000e0041", "\\u{e0041}"),
        ("\ud800", "\\u{d800}"),
        ("a\rb", "a\\u{d}b"),
        ("a\u200db", "a\\u{200d}b"),
        ("\u06cc\u200c\u200d", "\u06cc\u200c\\u{200d}"),
    ],
)
def test_what_acts_or_hides_is_shown(text: str, shown: str) -> None:
    assert shown == visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines\tand a tab",
        "👩‍👩‍👧 1️⃣ 🏳️‍🌈",
        "می‌خواهم",
        "क्‍ष",
        "葛\U000e0100飾区",
        "Ünï · “ö” ── ∑",
    ],
)
def test_what_is_written_stays(text: str) -> None:
    assert text == visible(text)


def test_a_carriage_return_before_a_newline_is_dropped() -> None:
    assert visible("a\r\nb") == "a\nb"


def test_newlines_and_tabs_are_shown_where_they_may_not_stay() -> None:
    assert visible("a\nb\tc", newlines=False) == "a\\u{a}b\\u{9}c"


def test_one_line_has_one_space_for_any_white_space() -> None:
    assert one_line(" a\n\t b\r\n") == "a b\\u{d}"


@given(ANY_TEXT)
def test_no_control_character_is_ever_left(text: str) -> None:
    shown = visible(text)
    left = {unicodedata.category(character) for character in shown if character not in "\t\n"}
    assert set() == left & {"Cc", "Cs", "Zl", "Zp"}


@given(ANY_TEXT)
def test_visible_twice_is_visible_once(text: str) -> None:
    assert visible(text) == visible(visible(text))


def test_a_quick_look_overlooks_no_character() -> None:
    every = map(chr, range(0x110000))
    suspect = [each for each in every if _SUSPECT.match(each)]
    assert [] == [each for each in suspect if _is_plain(f"a{each}")]
