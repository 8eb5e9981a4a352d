from pidgin_cli.measures.reading import Reading
from pidgin_cli.measures.structure import Sentence


def test_a_reading_has_all_counts_of_a_text():
    assert Reading(
        [Sentence(["no"], ""), Sentence(["no"], "!")],
        [1, 1],
        {"no": 2},
        {},
        {"!": 1},
        {"paragraph": 1},
        2,
    ) == Reading.of("No\nno!")


def test_a_text_is_blank_without_word_and_mark():
    assert [Reading.of(text).blank for text in (" \n", "…", "a")] == [True, False, False]
