from collections import Counter

from pidgin_cli.measures.style import FUNCTION_WORDS, style_matching
from pidgin_cli.measures.words import words


def match(first: str, second: str) -> float:
    return style_matching(Counter(words(first)), Counter(words(second)))


def test_the_same_grammar_about_other_things_is_the_same_style():
    assert 1.0 == match("The cat is on the roof.", "The idea was in the book.")


def test_a_kind_that_only_one_uses_counts_as_wholly_unlike():
    assert round(8 / 9, 12) == round(match("Cats sleep.", "The cats sleep."), 12)


def test_shares_are_compared_and_not_numbers():
    assert 1.0 == match("A cat sleeps.", "A cat sleeps. A dog sleeps.")


def test_without_any_function_words_there_is_nothing_to_differ_in():
    assert 1.0 == match("", "漢字仮名") == match("Katzen schlafen.", "Dormono gatti.")


def test_every_kind_has_words_that_are_cut_as_the_words_of_a_text_are():
    for listed in FUNCTION_WORDS.values():
        assert sorted(listed) == sorted(word for each in listed for word in words(each))


def test_a_text_without_a_word_is_unlike_one_with_articles_in_that_kind():
    assert round(8 / 9, 12) == round(match("…", "The"), 12)
