from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from pidgin_cli.events.redaction import REDACTED as MARKER
from pidgin_cli.filters.redaction.families import FAMILIES
from pidgin_cli.filters.redaction.growing import Growing
from pidgin_cli.filters.redaction.patterns import Matcher, PatternSettings
from tests.filters.redaction.leaks import leaked
from tests.filters.redaction.planted import DISGUISES, TEMPLATES, planted

FAMILY_OF = {kind.name: family for family, kinds in FAMILIES.items() for kind in kinds}
PLANTED = [*planted()]
MATCHERS = {family: Matcher(PatternSettings(families=frozenset({family}))) for family in FAMILIES}
SURROUNDINGS = (
    "{}",
    "it is {}, I think",
    "({})",
    '"{}"',
    "…{}。",
    "密钥{}。",
    "a\t{}\nb",
    "\\n{}\\n",
)


def redacted(kind: str, text: str) -> str:
    return MATCHERS[FAMILY_OF[kind]].redact(text)[0]


def test_every_kind_is_planted():
    assert set(FAMILY_OF) == set(TEMPLATES)


def test_there_are_more_than_thirty_kinds_of_secrets():
    assert len(FAMILIES["secrets"]) > 30


def test_its_own_kind_is_what_finds_it():
    found = {each.text: MATCHERS[FAMILY_OF[each.kind]].redact(each.text)[1] for each in PLANTED}
    assert {each.text: {each.kind: 1} for each in PLANTED} == found


@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_nothing_is_left_wherever_it_stands(surroundings: str):
    left = {
        each.text: leaked(redacted(each.kind, surroundings.format(each.text)), each.secret)
        for each in PLANTED
    }
    assert {each.text: [] for each in PLANTED} == left


@pytest.mark.parametrize(
    "text",
    [
        "token=password=hunter22",
        "token=$X/password=hunter22",
        "secret: config.secret:password=hunter22",
        "password=password=hunter22",
        "sk-task-for-password=hunter22",
    ],
)
def test_what_is_no_secret_does_not_hide_the_one_in_it(text: str):
    assert "hunter22" not in MATCHERS["secrets"].redact(text)[0]


def test_secrets_side_by_side_are_all_found():
    secrets = [each.secret for each in PLANTED if each.kind == "aws_secret_key"] * 2
    assert " ".join([MARKER] * 4) == redacted("aws_secret_key", " ".join(secrets))


@pytest.mark.parametrize("disguise", DISGUISES)
def test_nothing_is_left_in_disguise(disguise: str):
    left = {
        each.text: leaked(
            redacted(each.kind, f"it is {DISGUISES[disguise](each.text)} I think"), each.secret
        )
        for each in PLANTED
    }
    assert {each.text: [] for each in PLANTED} == left


@pytest.mark.parametrize("disguise", DISGUISES)
def test_whoever_looks_for_what_is_left_sees_it_in_disguise(disguise: str):
    unseen = [
        each.text for each in PLANTED if not leaked(DISGUISES[disguise](each.text), each.secret)
    ]
    assert [] == unseen


@pytest.mark.parametrize("disguise", DISGUISES)
def test_what_comes_in_pieces_is_redacted_as_the_whole_is(disguise: str):
    random = Random(3)
    wholes, pieces = {}, {}
    for each in PLANTED:
        text = f"it is {DISGUISES[disguise](each.text)} I think"
        growing = Growing(MATCHERS[FAMILY_OF[each.kind]])
        pieces[text] = "".join([*map(growing.feed, cut(text, random)), growing.finish()])
        wholes[text] = redacted(each.kind, text)
    assert wholes == pieces


def cut(text: str, random: Random) -> Iterator[str]:
    place = 0
    while place < len(text):
        length = random.randint(1, 40)
        yield text[place : place + length]
        place += length
