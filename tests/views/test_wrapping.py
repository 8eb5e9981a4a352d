"""Lines that end between words, however the text comes, and however wide the terminal is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.views.visible import CODE, visible
from pidgin_cli.views.width import chopped, width
from pidgin_cli.views.wrapping import NARROWEST, WIDEST, Wrapping

FAMILY = "👨\u200d👩\u200d👧"


def wrapped(text: str, columns: int) -> str:
    return Wrapping(lambda: columns, "  ").feed(text + "\n").removesuffix("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("  short", "  short"),
        ("  twenty columns wide", "  twenty columns wide"),
        ("  twenty columns wide!", "  twenty columns\n  wide!"),
        ("  one\n\n  two", "  one\n\n  two"),
        ("  spaces    between    the words", "  spaces    between\n  the words"),
        ("  kept      ", "  kept"),
        ("  a\tb", "  a\tb"),
        ("  tabs\tcount\twider", "  tabs\tcount\n  wider"),
        ("            indented code", "            indented\n  code"),
        ("                 indented", "  indented"),
        ("  https://example.org/without-an-end", "  https://example.or\n  g/without-an-end"),
        ("  see https://example.org/without", "  see\n  https://example.or\n  g/without"),
        ("\x1b[2m[100 tokens, 12.5s]\x1b[0m\n", "\x1b[2m[100 tokens, 12.5s]\x1b[0m\n"),
        ("\x1b[2m[1000 tokens, 12.55s]\x1b[0m", "\x1b[2m[1000 tokens,\n  12.55s]\x1b[0m"),
        ("  call it with f(x,y,zzz)", "  call it with\n  f(x,y,zzz)"),
        ("  “quoted words” and so", "  “quoted words” and\n  so"),
        ("  cafe\u0301s are everywher", "  cafe\u0301s are\n  everywher"),
        ("  日本語の文章は、空白なしに続く。", "  日本語の文章は、空\n  白なしに続く。"),
        ("  句読点は行のあたま、には", "  句読点は行のあた\n  ま、には"),
        ("  かっこは行の末に（来ない", "  かっこは行の末に\n  （来ない"),
        ("  mixed 日本 with words", "  mixed 日本 with\n  words"),
        ("  hello日本日本日本日本", "  hello日本日本日本\n  日本"),
        (f"  family of three {FAMILY}{FAMILY}", f"  family of three\n  {FAMILY}{FAMILY}"),
        ("  " + FAMILY * 10, "  " + FAMILY * 9 + "\n  " + FAMILY),
        ("  of \\u{1b}[0m\\u{1b}[31m", "  of\n  \\u{1b}[0m\\u{1b}[31\n  m"),
        ("  \\u{1b}\\u{202e}\\u{e0001}\\u{0}ab", "  \\u{1b}\\u{202e}\n  \\u{e0001}\\u{0}ab"),
        ("  日本日\\u{202e}\\u{1b}語", "  日本日\n  \\u{202e}\\u{1b}語"),
    ],
)
def test_a_line_of_twenty_columns_ends_between_words(text: str, expected: str) -> None:
    columns = 21 if "columns wide" in text else 20
    assert expected == wrapped(text, columns)


def test_a_word_is_shown_once_it_is_known_where_it_ends() -> None:
    wrapping = Wrapping(lambda: 20, "  ")
    pieces = ["  a word", " that", "goes on", ", and", " on\n"]
    expected = ["  a", " word", " thatgoes", "\n  on,", " and on\n"]
    assert expected == [wrapping.feed(piece) for piece in pieces]


def test_a_sign_is_shown_once_it_is_known_that_nothing_belongs_to_it() -> None:
    wrapping = Wrapping(lambda: 20, "  ")
    assert ["日", "", "本。"] == [wrapping.feed(piece) for piece in ["日本", "。", "語"]]


@pytest.mark.parametrize("columns", [0, NARROWEST - 1])
def test_a_terminal_without_a_width_breaks_lines_itself(columns: int) -> None:
    text = "  word" * 100
    assert text == wrapped(text, columns)
    assert ["a" * (WIDEST - 2), "  aaaaa"] == wrapped("a" * (WIDEST + 3), columns).split("\n")


def test_a_terminal_that_was_resized_is_followed() -> None:
    columns = iter([40, 20, 40, 40])
    wrapping = Wrapping(lambda: next(columns), "  ")
    text = "  some words that go on, and on, "
    shown = "".join(wrapping.feed(text) for _ in range(3)) + wrapping.aside("")
    assert [
        "  some words that go on, and on,",
        "  some words that go",
        "  on, and on,   some words that go on,",
        "  and on,",
        "",
        "",
    ] == shown.split("\n")


@pytest.mark.parametrize(
    ("before", "behind", "expected"),
    [
        ("  said so far", " and on\n", "  said so\n[aside]\n  far and on\n"),
        ("  said so far ", "and on\n", "  said so far\n[aside]\n  and on\n"),
        ("  said", "\nmore\n", "[aside]\n  said\nmore\n"),
        ("  said ", "\nmore\n", "  said\n[aside]\nmore\n"),
        ("  said\n", "more\n", "  said\n[aside]\nmore\n"),
        ("", "\nmore\n", "[aside]\n\nmore\n"),
    ],
)
def test_an_aside_stands_on_a_line_of_its_own(before: str, behind: str, expected: str) -> None:
    wrapping = Wrapping(lambda: 40, "  ")
    shown = wrapping.feed(before) + wrapping.aside("[aside]") + wrapping.feed(behind)
    assert expected == shown


def test_an_aside_too_is_broken_between_words() -> None:
    wrapping = Wrapping(lambda: 20, "  ")
    shown = wrapping.feed("  said so far") + wrapping.aside("[an aside of many words]")
    assert "  said so\n[an aside of many\n  words]\n" == shown
    assert "  far\n" == wrapping.feed("\n")


@given(st.lists(st.sampled_from(["\x1b", "\u202e", "\U000e0001", "a", "日", FAMILY, " "])))
def test_a_code_of_a_character_is_never_broken(characters: list[str]) -> None:
    shown = visible("".join(characters))
    assert CODE.findall(shown) == CODE.findall(wrapped(shown, NARROWEST))


WORDS = st.text("ab-(é日本、（。👋\u0301" + " \n", max_size=60)


@given(st.lists(WORDS), st.integers(NARROWEST, 30))
def test_nothing_is_lost_and_no_line_is_wider_than_the_terminal(
    pieces: list[str], columns: int
) -> None:
    wrapping = Wrapping(lambda: columns, "  ")
    shown = "".join(wrapping.feed(piece) for piece in [*pieces, "\n"])
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", shown)
    assert max(map(width, shown.split("\n"))) <= columns


@given(WORDS.filter(lambda text: "\u0301" not in text), st.integers(NARROWEST, 30))
def test_how_a_text_is_cut_makes_no_difference(text: str, columns: int) -> None:
    one_by_one = Wrapping(lambda: columns, "  ")
    assert wrapped(text, columns) + "\n" == "".join(map(one_by_one.feed, text + "\n"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("word", 4), ("日本", 4), ("e\u0301", 1), ("👋🏽", 2), (FAMILY, 2), ("🇩🇪", 2)],
)
def test_what_is_wide_takes_two_columns(text: str, expected: int) -> None:
    assert expected == width(text)


def test_pieces_are_as_wide_as_can_be() -> None:
    assert ["日本", "語ab", "c"] == chopped("日本語abc", 4)
    assert ["abcd", "e"] == chopped("abcde", 4)
