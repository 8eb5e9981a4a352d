from __future__ import annotations

from typing import Literal, get_args

import pytest

from pidgin_cli.config.catalogue import Catalogue, Model
from pidgin_cli.config.kinds import settle
from pidgin_cli.config.rules import RULES
from pidgin_cli.config.schema import Key, hints_of, keys_of_values
from pidgin_cli.config.secret import Secret
from pidgin_cli.config.settings import AgentSettings, PromptTables, ProviderSettings, Settings
from pidgin_cli.config.study import PlannedIntervention, Study
from pidgin_cli.config.trust import RESTRICTED

EVERYTHING = Settings(
    agents={"critic": AgentSettings("gpt")},
    prompts=PromptTables(*({"mine": "words"} for _ in range(4))),
    providers={"mine": ProviderSettings(headers={"X": Secret("y")})},
)
CATALOGUE = Catalogue({"a:b": Model("2026-10-24", "here")}, {"b": "a:b"})
STUDY = Study(interventions=(PlannedIntervention(0, "x"),))
KEYS = {key.rule for each in (EVERYTHING, CATALOGUE, STUDY) for key, _ in keys_of_values(each)}


def test_every_rule_is_about_a_key_that_exists() -> None:
    # One that ends so is about each value of a list.
    keys = {rule.removesuffix(".[]") for rule in RULES}
    assert {"agents.*", "providers.*", "models.*"} == keys - KEYS


def test_every_restriction_is_about_a_key_that_exists() -> None:
    sections = {rule.partition(".")[0] for rule in KEYS}
    assert set() == set(RESTRICTED) - KEYS - sections


def test_every_number_but_a_seed_has_a_rule() -> None:
    numbers = {
        key.rule
        for key, _ in keys_of_values(EVERYTHING)
        if _hint(key) in (int, float, int | None, float | None)
    }
    assert {"agents.*.seed"} == numbers - set(RULES)


@pytest.mark.parametrize(
    ("key", "value"), list(keys_of_values(Settings())), ids=lambda part: str(part)
)
def test_every_default_is_allowed(key: Key, value: object) -> None:
    assert value == settle(key.rule, _hint(key), value)


def test_a_key_knows_the_named_thing_that_it_is_of() -> None:
    key = Key().field("agents").named("critic.2").field("model")
    assert (
        str(key),
        key.rule,
        key.owner,
    ) == ("agents.critic.2.model", "agents.*.model", ("agents", "critic.2"))


def test_true_is_not_taken_for_the_number_one() -> None:
    with pytest.raises(ValueError, match="one of a, b"):
        settle("x", Literal["a", "b"], True)


def _hint(key: Key) -> object:
    hint: object = Settings
    for name in key.pattern:
        hint = get_args(hint)[1] if name == "*" else hints_of(hint)[name]
    return hint
