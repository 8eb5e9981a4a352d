import re

import pytest

from pidgin_cli.config.prompts import aware_agents, dimensional_prompt, prompt_tables
from pidgin_cli.config.settings import AgentSettings, PromptTables
from pidgin_cli.errors import ConfigError, UsageError

SHIPPED = prompt_tables(PromptTables())
TABLES = PromptTables(
    contexts={"chat": "Talk about {topic}.", "bare": "Talk."},
    topics={"bees": "bees"},
    modes={"calm": "Stay calm."},
    awareness={"told": "You are told."},
)


def test_every_shipped_context_has_a_place_for_a_topic():
    assert [] == [name for name, text in SHIPPED.contexts.items() if "{topic}" not in text]


def test_every_shipped_combination_makes_a_prompt_without_a_gap():
    for context in SHIPPED.contexts:
        for topic in SHIPPED.topics:
            prompt = dimensional_prompt(SHIPPED, f"{context}:{topic}:analytical")
            assert re.search(r"[{}]|  ", prompt) is None


def test_a_prompt_is_made_of_a_context_a_topic_and_a_mode():
    assert "Talk about bees. Stay calm." == dimensional_prompt(TABLES, "chat:bees:calm")
    assert "Talk about bees." == dimensional_prompt(TABLES, "chat:bees")


def test_the_configuration_adds_names_and_replaces_shipped_ones():
    tables = prompt_tables(PromptTables(topics={"bees": "bees", "time": "clocks"}))
    assert {**SHIPPED.topics, "bees": "bees", "time": "clocks"} == tables.topics
    assert SHIPPED.contexts == tables.contexts


@pytest.mark.parametrize(
    ("dimensions", "said"),
    [
        ("chat", '"chat" is not CONTEXT:TOPIC:MODE'),
        ("chat:bees:calm:more", "is not CONTEXT:TOPIC:MODE"),
        ("chta:bees", 'no context "chta": there are chat, bare; did you mean chat?'),
        ("chat:wasps", 'no topic "wasps": there are bees'),
        ("chat:bees:", 'no mode "": there are calm'),
    ],
)
def test_a_name_that_no_table_has_is_refused(dimensions: str, said: str):
    with pytest.raises(UsageError) as refused:
        dimensional_prompt(TABLES, dimensions)
    assert said in str(refused.value)


def test_a_context_without_a_place_for_the_topic_is_refused():
    with pytest.raises(ConfigError, match=r"prompts\.contexts\.bare has no \{topic\}"):
        dimensional_prompt(TABLES, "bare:bees")


def test_an_agent_is_told_of_whom_it_talks_with_before_its_own_prompt():
    agents = [
        AgentSettings("m", awareness="told", system_prompt="Be brief."),
        AgentSettings("m", awareness="told"),
        AgentSettings("m", awareness="none", system_prompt="Be brief."),
        AgentSettings("m", awareness="none"),
        AgentSettings("m", system_prompt="Be brief."),
    ]
    prompts = [agent.system_prompt for agent in aware_agents(agents, TABLES)]
    assert [
        "You are told.\n\nBe brief.",
        "You are told.",
        "Be brief.",
        None,
        "Be brief.",
    ] == prompts


def test_an_awareness_that_is_not_known_is_refused():
    with pytest.raises(UsageError, match="did you mean basic"):
        aware_agents([AgentSettings("m", awareness="basik")], PromptTables())
