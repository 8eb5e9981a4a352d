"""What is to be run: one experiment, whole, before anything has happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pidgin_cli.config.settings import (
    AgentSettings,
    ContextSettings,
    ConversationSettings,
    StreamSettings,
    as_plain,
)
from pidgin_cli.events.conversation import Agent
from pidgin_cli.events.experiment import (
    AgentData,
    ExperimentStarted,
    WriterData,
    experiment_started,
)
from pidgin_cli.events.kind import Draft
from pidgin_cli.providers.router import Router
from pidgin_cli.store import identity
from pidgin_cli.version import VERSION


@dataclass(frozen=True, slots=True)
class Rules:
    """What is watched for while an experiment runs, and how it is recorded."""

    conversation: ConversationSettings = ConversationSettings()
    context: ContextSettings = ContextSettings()
    stream: StreamSettings = StreamSettings()


@dataclass(frozen=True, slots=True)
class Experiment:
    """One conversation to be held.

    Args:
        experiment_id: name of its log.
        agents: who takes part, in the order in which they speak.
        initial_prompt: what every agent is told first.
        max_turns: passes over all agents.
        seed: of everything random in it.
        group: what it belongs to, for a person.
        repetition: from 1, where the same is run several times.
        labels: coordinates in a study.
    """

    experiment_id: str
    agents: tuple[Agent, ...]
    initial_prompt: str
    max_turns: int
    seed: int
    group: str | None = None
    repetition: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    rules: Rules = Rules()


PARAMETERS = ("temperature", "top_p", "max_tokens", "seed", "thinking")
"""Settings of an agent that its service is asked for."""


def participant(agent_id: str, settings: AgentSettings, router: Router) -> Agent:
    """Give the agent of an experiment that has these settings, its model by its whole name.

    Raises:
        UsageError: the model is not known; says what there is.
        ConfigError: the key of its service is missing.
    """
    route = router.route(settings.model)
    parameters = {name: getattr(settings, name) for name in PARAMETERS}
    return Agent(
        agent_id,
        route.name,
        route.provider.name,
        settings.name,
        settings.system_prompt,
        {name: value for name, value in parameters.items() if value is not None},
    )


def opening(experiment: Experiment) -> Draft:
    """Draft the first event of an experiment."""
    data = ExperimentStarted(
        agents=[_agent_data(agent) for agent in experiment.agents],
        initial_prompt=experiment.initial_prompt,
        max_turns=experiment.max_turns,
        seed=experiment.seed,
        labels=dict(experiment.labels),
        limits={},
        settings=as_plain(experiment.rules),
        writer=this_writer(),
    )
    if experiment.group is not None:
        data["group"] = experiment.group
    if experiment.repetition is not None:
        data["repetition"] = experiment.repetition
    return experiment_started(data)


def this_writer() -> WriterData:
    """Say which process writes from here on."""
    return WriterData(pidgin=VERSION, host=identity.host(), boot=identity.boot())


def _agent_data(agent: Agent) -> AgentData:
    data = AgentData(
        agent_id=agent.agent_id,
        model=agent.model,
        provider=agent.provider,
        parameters=dict(agent.parameters),
    )
    if agent.name is not None:
        data["name"] = agent.name
    if agent.system_prompt is not None:
        data["system_prompt"] = agent.system_prompt
    return data
