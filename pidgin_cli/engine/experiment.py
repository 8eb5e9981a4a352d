"""What is to be run: one experiment, whole, before anything has happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self, cast

from pidgin_cli.config.recorded import Changes, changed_settings
from pidgin_cli.config.settings import (
    AgentSettings,
    ContextSettings,
    ConversationSettings,
    LimitSettings,
    Settings,
    StreamSettings,
    as_plain,
)
from pidgin_cli.events import payload
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import NOTHING
from pidgin_cli.events.experiment import (
    AgentData,
    ExperimentStarted,
    Order,
    ParentData,
    ScheduledData,
    WriterData,
    experiment_started,
)
from pidgin_cli.events.interventions import ConductorIntervention, InterventionSource
from pidgin_cli.events.kind import Draft
from pidgin_cli.providers.router import Router
from pidgin_cli.store import identity
from pidgin_cli.version import VERSION


class Rules(NamedTuple):
    """What is watched for while an experiment runs, how much it may use, how it is recorded."""

    conversation: ConversationSettings = ConversationSettings()
    context: ContextSettings = ContextSettings()
    stream: StreamSettings = StreamSettings()
    limits: LimitSettings = LimitSettings()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Give the rules that are configured."""
        stream = settings.events.stream
        return cls(settings.conversation, settings.context_management, stream, settings.limits)

    @classmethod
    def recorded(cls, conversation: Conversation, changes: Changes = NOTHING) -> Self:
        """Give the rules under which an experiment ran last, with changes over them.

        Args:
            changes: from the dotted name of a setting to its value and what asks for it.

        Raises:
            ConfigError: a change is not what its setting wants.
        """
        settings = payload.mapping(conversation.started, "settings")
        recorded = {
            "conversation": payload.mapping(settings, "conversation"),
            "context_management": payload.mapping(settings, "context"),
            "events": {"stream": payload.mapping(settings, "stream")},
            "limits": payload.mapping(conversation.started, "limits"),
        }
        earlier = {name: (value, "the log") for name, value in conversation.changes.items()}
        earlier.pop("max_turns", None)
        return cls.of(changed_settings(recorded, {**earlier, **changes}))


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Words that are put into a conversation when it gets there.

    Args:
        before: the agent before whose response of that turn; at the turn's beginning where it is
            None.
    """

    turn: int
    intervention: ConductorIntervention
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Parent:
    """What a branch is made from: an experiment, before that turn.

    Args:
        history: the events of its earlier turns, as drafts that say whose copies they are.
    """

    experiment_id: str
    turn_number: int
    history: Sequence[Draft]


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
        order: who begins a turn: always the first agent, or each time the next one.
        interventions: what is put into it at turns that are known before.
        parent: what it is a branch of.
        rerun_of: the experiment whose recorded responses it is given again.
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
    order: Order = "named"
    interventions: Sequence[Scheduled] = ()
    parent: Parent | None = None
    rerun_of: str | None = None


PARAMETERS = ("temperature", "top_p", "max_tokens", "seed", "stop", "thinking")
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
        limits=_limits_data(experiment.rules.limits),
        settings=_settings_data(experiment.rules),
        writer=this_writer(),
    )
    if experiment.group is not None:
        data["group"] = experiment.group
    if experiment.repetition is not None:
        data["repetition"] = experiment.repetition
    if experiment.parent is not None:
        parent = experiment.parent
        data["parent"] = ParentData(
            experiment_id=parent.experiment_id, turn_number=parent.turn_number
        )
    if experiment.order != "named":
        data["order"] = experiment.order
    if experiment.rerun_of is not None:
        data["rerun_of"] = experiment.rerun_of
    if experiment.interventions:
        data["interventions"] = [_scheduled_data(each) for each in experiment.interventions]
    return experiment_started(data)


def scheduled(started: Mapping[str, Any]) -> list[Scheduled]:
    """Give the interventions that an experiment said of itself when it began.

    Each has a request of its own, by which it is known whether it was made already.
    """
    return [
        Scheduled(
            payload.integer(each, "turn") or 0,
            recorded_words(each, f"scheduled-{number}"),
            payload.text(each, "before"),
        )
        for number, each in enumerate(payload.mappings(started, "interventions"))
    ]


def recorded_words(data: Mapping[str, Any], request: str) -> ConductorIntervention:
    """Give an intervention as a log has it, which may have been written elsewhere.

    Args:
        request: the id by which it is known whether it was made, where the log has none.
    """
    target = payload.texts(data, "target")
    return ConductorIntervention(
        source=cast("InterventionSource", payload.text(data, "source") or "human"),
        content=payload.text(data, "content") or "",
        target=None if target is None else [*target],
        request=payload.text(data, "request") or request,
    )


def this_writer() -> WriterData:
    """Say which process writes from here on."""
    return WriterData(pidgin=VERSION, host=identity.host(), boot=identity.boot())


def _limits_data(limits: LimitSettings) -> dict[str, Any]:
    """Give the limits that there are, and what happens at each."""
    plain = as_plain(limits)
    actions = plain.pop("actions")
    known = {name: value for name, value in plain.items() if value is not None}
    return {**known, "actions": {name: actions[name] for name in known}} if known else {}


def _settings_data(rules: Rules) -> dict[str, Any]:
    settings: dict[str, Any] = as_plain(rules)
    del settings["limits"]
    return settings


def _scheduled_data(scheduled: Scheduled) -> ScheduledData:
    words = scheduled.intervention
    data = ScheduledData(
        turn=scheduled.turn,
        source=words["source"],
        content=words["content"],
        target=words["target"],
    )
    if scheduled.before is not None:
        data["before"] = scheduled.before
    if "request" in words:
        data["request"] = words["request"]
    return data


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
