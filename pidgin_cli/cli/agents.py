"""The two sides of a conversation as they are typed, and what the configuration adds to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.config.kinds import INTEGERS
from pidgin_cli.config.prompts import aware_agents
from pidgin_cli.config.settings import AgentSettings, Settings
from pidgin_cli.engine.experiment import PARAMETERS, participant
from pidgin_cli.events.cast import Agent
from pidgin_cli.providers.router import Router

DEFAULT_MODEL = "sim:chatty"
READABLE_PACE = 50
"""Tokens a second at which a person can follow what simulated agents say."""

MOST_TOKENS = INTEGERS.stop - 1
"""Tokens; more could not be written in an event."""


def _option(flag: str, words: str, **more: Any) -> Any:
    return typer.Option(flag, help=words, **more)


class Sides(OptionGroup):
    """Options of the first agent, a, and of the second one, b."""

    a: Annotated[
        str | None,
        typer.Option("--agent-a", "-a", metavar="MODEL", help="First agent, such as sim:chatty."),
    ] = None
    b: Annotated[
        str | None,
        typer.Option("--agent-b", "-b", metavar="MODEL", help="Second agent."),
    ] = None
    name_a: Annotated[str | None, _option("--name-a", "What a is called.")] = None
    name_b: Annotated[str | None, _option("--name-b", "What b is called.")] = None
    system_a: Annotated[str | None, _option("--system-a", "System prompt of a.")] = None
    system_b: Annotated[str | None, _option("--system-b", "System prompt of b.")] = None
    temperature_a: Annotated[
        float | None, _option("--temperature-a", "Temperature of a.", min=0)
    ] = None
    temperature_b: Annotated[
        float | None, _option("--temperature-b", "Temperature of b.", min=0)
    ] = None
    top_p_a: Annotated[float | None, _option("--top-p-a", "top_p of a.", min=0, max=1)] = None
    top_p_b: Annotated[float | None, _option("--top-p-b", "top_p of b.", min=0, max=1)] = None
    max_tokens_a: Annotated[
        int | None,
        _option("--max-tokens-a", "Longest response of a, in tokens.", min=1, max=MOST_TOKENS),
    ] = None
    max_tokens_b: Annotated[
        int | None,
        _option("--max-tokens-b", "Longest response of b, in tokens.", min=1, max=MOST_TOKENS),
    ] = None
    seed_a: Annotated[int | None, _option("--seed-a", "Seed of a's own.", min=0)] = None
    seed_b: Annotated[int | None, _option("--seed-b", "Seed of b's own.", min=0)] = None
    awareness: Annotated[
        str | None,
        typer.Option(
            "--awareness",
            metavar="NAME",
            help="What both are told of whom they talk with: none, basic, research, or one of the "
            "configuration.",
        ),
    ] = None
    stop_a: Annotated[
        list[str] | None,
        _option(
            "--stop-a",
            "Text that ends a response of a; may be given several times.",
            metavar="TEXT",
        ),
    ] = None
    stop_b: Annotated[
        list[str] | None,
        _option(
            "--stop-b",
            "Text that ends a response of b; may be given several times.",
            metavar="TEXT",
        ),
    ] = None
    thinking_a: Annotated[
        bool | None, _option("--thinking-a/--no-thinking-a", "Whether a thinks first.")
    ] = None
    thinking_b: Annotated[
        bool | None, _option("--thinking-b/--no-thinking-b", "Whether b thinks first.")
    ] = None


def typed_agents(
    sides: Sides, settings: Settings, router: Router, *, paced: bool
) -> tuple[Agent, ...]:
    """Give the two agents, their models by their whole names.

    What was typed goes before what the configuration says of an agent.

    Args:
        paced: whether agents that nobody named speak at the pace of a reader.

    Raises:
        UsageError: a model or an awareness is not known.
        ConfigError: the key of a service is missing.
    """
    default = f"{DEFAULT_MODEL},pace={READABLE_PACE}" if paced else DEFAULT_MODEL
    typed = [_settings(sides, side, default, settings.agents) for side in ("a", "b")]
    return tuple(
        participant(f"agent_{side}", agent, router)
        for side, agent in zip("ab", aware_agents(typed, settings.prompts), strict=True)
    )


def changed_agents(
    agents: Sequence[Agent], sides: Sides, settings: Settings, router: Router
) -> tuple[Agent, ...]:
    """Give agents of another experiment, with what was typed over what they were.

    Raises:
        UsageError: a model or an awareness is not known.
        ConfigError: the key of a service is missing.
    """
    changed = [_changed(agent, sides, settings.agents) for agent in agents]
    return tuple(
        participant(agent.agent_id, aware, router)
        for agent, aware in zip(agents, aware_agents(changed, settings.prompts), strict=True)
    )


def _changed(agent: Agent, sides: Sides, named: Mapping[str, AgentSettings]) -> AgentSettings:
    known = {name: agent.parameters[name] for name in PARAMETERS if name in agent.parameters}
    was = AgentSettings(agent.model, agent.name, agent.system_prompt, **known)
    side = agent.agent_id.removeprefix("agent_")
    if not hasattr(sides, f"system_{side}"):
        return was
    typed = _settings(sides, side, agent.model, named)
    return _laid_over(was, typed)._replace(model=typed.model)


def _settings(
    sides: Sides, side: str, default: str, named: Mapping[str, AgentSettings]
) -> AgentSettings:
    typed = AgentSettings(
        model=getattr(sides, side) or default,
        system_prompt=getattr(sides, f"system_{side}"),
        awareness=sides.awareness,
        **{name: getattr(sides, f"{name}_{side}") for name in ("name", *PARAMETERS)},
    )
    return _laid_over(named[typed.model], typed) if typed.model in named else typed


def _laid_over(base: AgentSettings, typed: AgentSettings) -> AgentSettings:
    values = {name: value for name, value in typed._asdict().items() if value is not None}
    return base._replace(**values | {"model": base.model})
