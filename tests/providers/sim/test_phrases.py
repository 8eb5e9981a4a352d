import re

from pidgin_cli.providers.sim import phrases

LISTS = [value for value in vars(phrases).values() if isinstance(value, tuple)]


def test_every_gap_is_one_that_can_be_filled() -> None:
    gaps = {gap for phrases in LISTS for text in phrases for gap in re.findall(r"\{.*?\}", text)}
    assert gaps == {"{word}", "{noun}", "{other}", "{image}", "{prompt}", "{persona}"}


def test_no_phrase_stands_twice_in_its_list() -> None:
    assert [phrases for phrases in LISTS if len(set(phrases)) < len(phrases)] == []
