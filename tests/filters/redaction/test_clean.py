from __future__ import annotations

from pidgin_cli.filters.redaction.families import FAMILIES
from pidgin_cli.filters.redaction.patterns import Matcher, PatternSettings
from tests.filters.redaction.clean import SOURCES, clean_messages


def test_at_most_one_clean_message_in_a_hundred_is_touched():
    matcher = Matcher(PatternSettings(families=frozenset(FAMILIES)))
    messages = [*clean_messages()]
    touched = [message for message in messages if matcher.spans(message)]
    assert len(messages) >= 300
    assert len(touched) <= len(messages) // 100, touched


def test_there_are_clean_messages_of_many_kinds():
    assert len(set(SOURCES)) > 150
