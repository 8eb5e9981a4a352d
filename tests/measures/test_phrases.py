import pytest

from pidgin_cli.measures.phrases import mimicry, repetition
from pidgin_cli.measures.reading import Reading


def said(text: str):
    return Reading.of(text).phrases


def test_a_phrase_is_a_run_of_three_words_within_a_sentence():
    assert {("we", "go", "on"): 2, ("go", "on", "now"): 1} == said("We go on now. We go on.")


def test_mimicry_has_a_direction():
    short, long = said("We go on."), said("We go on until the end.")
    assert (1.0, 0.25) == (mimicry(short, [long]), mimicry(long, [short]))


def test_what_two_others_said_counts_once():
    heard = [said("We go on."), said("We go on."), said("Go on now.")]
    assert 1.0 == mimicry(said("We go on now."), heard)


def test_repetition_counts_what_was_said_before_and_within_the_message():
    assert 0.5 == repetition(said("We go on. We go on."), [])
    assert 1.0 == repetition(said("We go on. We go on."), [said("And we go on.")])


def test_mimicry_does_not_count_what_an_agent_repeats_by_itself():
    assert 0.0 == mimicry(said("We go on. We go on."), [])


@pytest.mark.parametrize("text", ["", "Yes.", "Go on."])
def test_a_message_without_a_phrase_takes_nothing_over(text: str):
    assert (0.0, 0.0) == (mimicry(said(text), [said(text)]), repetition(said(text), [said(text)]))


def test_words_without_spaces_between_them_have_phrases_too():
    assert 1.0 == mimicry(said("漢字仮名交"), [said("漢字仮名交じり文")])
