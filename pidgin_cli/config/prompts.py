"""Prompts from tables: what dimensions make a prompt of, and what agents are made aware of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pidgin_cli.config.interpret import settings_in
from pidgin_cli.config.layers import assembled, laid_over
from pidgin_cli.config.nearest import suggestion
from pidgin_cli.config.settings import AgentSettings, PromptTables
from pidgin_cli.config.wording import shown
from pidgin_cli.errors import ConfigError, UsageError

BUILT_IN = Path(__file__).with_name("prompts.yaml")
DEFAULT_PROMPT = "Hello! Please find something worth talking about, and talk about it together."
TOPIC = "{topic}"


def prompt_tables(configured: PromptTables) -> PromptTables:
    """Give the shipped tables with the configured ones over them, name by name."""
    from pidgin_cli.config.yaml_file import parse_yaml

    document = parse_yaml(BUILT_IN.read_bytes(), BUILT_IN.name)
    layer = laid_over({}, settings_in(document, BUILT_IN.name, PromptTables))
    shipped: PromptTables = assembled(PromptTables, layer)
    return PromptTables(
        **{
            name: {**getattr(shipped, name), **getattr(configured, name)}
            for name in PromptTables._fields
        }
    )


def dimensional_prompt(tables: PromptTables, dimensions: str) -> str:
    """Give the prompt of `CONTEXT:TOPIC` or `CONTEXT:TOPIC:MODE`.

    Raises:
        UsageError: it is neither, or the tables have no such name; says which there are.
        ConfigError: the context has no place for a topic.
    """
    parts = dimensions.split(":")
    if len(parts) not in (2, 3):
        raise UsageError(
            f"{shown(dimensions)} is not CONTEXT:TOPIC:MODE, such as debate:language:analytical: "
            f"contexts are {', '.join(tables.contexts)}"
        )
    context = _found(tables.contexts, "context", parts[0])
    topic = _found(tables.topics, "topic", parts[1])
    if TOPIC not in context:
        raise ConfigError(f"prompts.contexts.{parts[0]} has no {TOPIC}: write it where one goes")
    prompt = context.replace(TOPIC, topic)
    return f"{prompt} {_found(tables.modes, 'mode', parts[2])}" if parts[2:] else prompt


def aware_agents(agents: Sequence[AgentSettings], configured: PromptTables) -> list[AgentSettings]:
    """Give the agents, each with what it is to be aware of before its own system prompt.

    Raises:
        UsageError: there is no such awareness; says which there are.
    """
    if all(agent.awareness is None for agent in agents):
        return list(agents)
    tables = prompt_tables(configured)
    return [_made_aware(agent, tables.awareness) for agent in agents]


def _made_aware(agent: AgentSettings, table: Mapping[str, str]) -> AgentSettings:
    if agent.awareness is None:
        return agent
    words = _found(table, "awareness", agent.awareness)
    prompt = "\n\n".join(filter(None, (words, agent.system_prompt)))
    return agent._replace(system_prompt=prompt or None)


def _found(table: Mapping[str, str], what: str, name: str) -> str:
    if name in table:
        return table[name]
    known = f"{', '.join(table)}{suggestion(name, table)}"
    raise UsageError(f"no {what} {shown(name)}: there are {known}")
