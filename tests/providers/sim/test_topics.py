from collections import Counter

from pidgin_cli.providers.sim.phrases import STOPWORDS
from pidgin_cli.providers.sim.topics import TOPICS


def test_no_noun_belongs_to_two_topics() -> None:
    counts = Counter(noun for topic in TOPICS for noun in topic.nouns)
    assert [noun for noun, count in counts.items() if count > 1] == []


def test_no_noun_is_too_common_to_be_picked_up() -> None:
    assert [noun for topic in TOPICS for noun in topic.nouns if noun in STOPWORDS] == []


def test_no_sentence_stands_twice_or_has_a_gap() -> None:
    counts = Counter(sentence for topic in TOPICS for sentence in topic.sentences)
    assert [text for text, count in counts.items() if count > 1 or "{" in text] == []
