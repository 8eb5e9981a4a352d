import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.measures.words import is_emoji, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" .,;!?—…“”", []),
        ("Don’t STOP believing", ["don't", "stop", "believing"]),
        ("'quoted' rock'n'roll", ["quoted", "rock'n'roll"]),
        ("_emphasis_ and `code`", ["emphasis", "and", "code"]),
        ("3.14 2026", ["3", "14", "2026"]),
        ("a + b = c", ["a", "+", "b", "=", "c"]),
        ("naïve Straße", ["naïve", "strasse"]),
        ("cafe\u0301 au lait", ["cafe\u0301", "au", "lait"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("漢字。字", ["漢字", "字"]),
        ("三体问题", ["三体", "体问", "问题"]),
        ("감사합니다 여러분", ["감사합니다", "여러분"]),
        ("👍🏽👨‍👩‍👧 1️⃣", ["👍", "👨", "👩", "👧", "1"]),
        ("\ud800x\ufffd", ["\ud800", "x", "\ufffd"]),
    ],
    ids=ascii,
)
def test_a_text_is_cut_into_its_words(text: str, expected: list[str]):
    assert expected == words(text)


def test_pictures_are_emoji_and_letters_arrows_and_digits_are_not():
    assert [is_emoji(word) for word in "😀🙏✨❤⭐"] == [True] * 5
    assert [is_emoji(word) for word in "a1漢→+\ufffd"] == [False] * 6


@given(st.text(st.characters(exclude_categories=())), st.text())
def test_words_are_found_on_both_sides_of_a_space(first: str, second: str):
    assert words(first) + words(second) == words(f"{first} {second}")


@given(st.text(st.characters(exclude_categories=())))
def test_there_are_never_more_words_than_case_folded_characters(text: str):
    assert len(words(text)) <= len(text.casefold())
