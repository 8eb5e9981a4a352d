"""Events of those who steer a conversation: pauses, interventions, checkpoints."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from pidgin_cli.events.kind import Kind

PauseReason = Literal[
    "user",
    "signal",
    "stdout_closed",
    "convergence",
    "attractor",
    "stop_phrase",
    "context_limit",
    "cost_limit",
    "token_limit",
    "time_limit",
    "disk",
]
InterventionSource = Literal["human", "system", "mediator"]


class PauseRequested(TypedDict):
    """Who or what asked for a pause; detail is a sentence for a person.

    `request` is the id of the control line that asked for it.
    """

    reason: PauseReason
    detail: str
    request: NotRequired[str]


class ConductorIntervention(TypedDict):
    """Words put into the conversation. A target of None means every agent.

    `request` is the id of the control line that asked for it.
    """

    source: InterventionSource
    content: str
    target: list[str] | None
    request: NotRequired[str]


class CheckpointSaved(TypedDict):
    """All before it is on disk, and resuming from here is exact. The store adds the seal."""

    turns: int
    messages: int
    events: NotRequired[int]
    digest: NotRequired[str]


pause_requested: Kind[PauseRequested] = Kind("pause.requested", PauseRequested)
conductor_intervention: Kind[ConductorIntervention] = Kind(
    "conductor.intervention", ConductorIntervention
)
checkpoint_saved: Kind[CheckpointSaved] = Kind("checkpoint.saved", CheckpointSaved)
