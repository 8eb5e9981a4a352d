"""Events of a whole experiment: begun, resumed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from pidgin_cli.events.kind import Kind

CompletionReason = Literal[
    "max_turns",
    "stop_phrase",
    "attractor",
    "convergence",
    "stopped",
    "cost_limit",
    "token_limit",
    "time_limit",
    "context_limit",
]
ResumeReason = Literal["paused", "crashed", "failed"]
Order = Literal["named", "round_robin"]


class AgentData(TypedDict):
    """Who takes part, and with which settings."""

    agent_id: str
    model: str
    provider: str
    name: NotRequired[str]
    system_prompt: NotRequired[str]
    parameters: Mapping[str, Any]


class WriterData(TypedDict):
    """Which process wrote: the version of pidgin, the machine, and the boot of that machine."""

    pidgin: str
    host: str
    boot: str


class ParentData(TypedDict):
    """What a branch was made from: that experiment, before that turn."""

    experiment_id: str
    turn_number: int


class ScheduledData(TypedDict):
    """Words that are put into the conversation at a turn, before that agent or any speaks."""

    turn: int
    before: NotRequired[str]
    source: str
    content: str
    target: list[str] | None
    request: NotRequired[str]


class UsageData(TypedDict):
    """Tokens. Input includes what was cached, output includes reasoning."""

    input_tokens: int
    output_tokens: int
    cached_tokens: NotRequired[int]
    cache_write_tokens: NotRequired[int]
    reasoning_tokens: NotRequired[int]


class ErrorData(TypedDict):
    """What failed, without any secret."""

    kind: str
    message: str
    provider: NotRequired[str]
    status: NotRequired[int]


class ExperimentStarted(TypedDict):
    """Everything that is needed to hold the conversation again.

    `order` says who begins a turn: always the first agent (named, also where it is missing), or
    each time the next one.
    `rerun_of` is the experiment whose recorded responses were given again.
    `max_turns` and `seed` are null where a redaction took a number of many digits out.
    """

    agents: list[AgentData]
    initial_prompt: str
    max_turns: int | None
    seed: int | None
    group: NotRequired[str]
    repetition: NotRequired[int]
    labels: Mapping[str, str]
    limits: Mapping[str, Any]
    settings: Mapping[str, Any]
    writer: WriterData
    order: NotRequired[Order]
    parent: NotRequired[ParentData]
    rerun_of: NotRequired[str]
    interventions: NotRequired[list[ScheduledData]]


class ExperimentResumed(TypedDict):
    """Where the conversation goes on, after what, and which limits were raised.

    `request` is the id of the control line that asked for it.
    """

    turn_number: int
    agent_id: str | None
    reason: ResumeReason
    changes: Mapping[str, Any]
    writer: WriterData
    request: NotRequired[str]


class ExperimentCompleted(TypedDict):
    """The last word of an experiment that ended. Duration in seconds; the store adds the seal.

    `request` is the id of the control line that stopped it.
    """

    reason: CompletionReason
    turns: int
    duration: float
    usage: UsageData
    cost_usd: NotRequired[float]
    request: NotRequired[str]
    events: NotRequired[int]
    digest: NotRequired[str]


class ExperimentFailed(TypedDict):
    """The last word of an experiment that could not go on. It can be resumed."""

    error: ErrorData
    turns: int
    duration: float
    usage: UsageData
    cost_usd: NotRequired[float]
    events: NotRequired[int]
    digest: NotRequired[str]


experiment_started: Kind[ExperimentStarted] = Kind("experiment.started", ExperimentStarted)
experiment_resumed: Kind[ExperimentResumed] = Kind("experiment.resumed", ExperimentResumed)
experiment_completed: Kind[ExperimentCompleted] = Kind("experiment.completed", ExperimentCompleted)
experiment_failed: Kind[ExperimentFailed] = Kind("experiment.failed", ExperimentFailed)
