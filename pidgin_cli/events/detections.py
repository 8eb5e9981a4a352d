"""Events of what pidgin noticed by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from pidgin_cli.events.kind import Kind

Action = Literal["log", "pause", "stop"]


class DetectorData(TypedDict):
    """Which function judged, in which version, and by which profile where it has several."""

    name: str
    version: int
    profile: NotRequired[str]


class AttractorDetected(TypedDict):
    """The conversation fell into a pattern. Confidence 0–1; turns are those that show it."""

    kind: str
    description: str
    confidence: float
    turns: list[int]
    detector: DetectorData
    action: Action


class AgentMeasures(TypedDict):
    """What an agent's message is against the messages of the turns before it.

    Shares (0–1) of it that were taken over from others and from itself, how far it can be packed
    together with its own ones (0–1), and how much longer it is (0: as usual, 1: twice).
    """

    mimicry: float
    repetition: float
    compression: float
    length_drift: float


class ConvergenceMeasured(TypedDict):
    """How alike the agents' messages of one turn are: 0 (nothing in common) to 1.

    The baseline is the score of these messages against what others said some turns before: what
    chance alone would give. It is missing in the first turns, which have none before them.
    """

    score: float
    components: Mapping[str, float]
    baseline: NotRequired[float]
    by_agent: NotRequired[Mapping[str, AgentMeasures]]
    detector: DetectorData


class ContextUsage(TypedDict):
    """How full a model's context is before a call; percentage 0–100.

    `note` says in a sentence for a person that it is filling up, or that the service counted far
    less than was sent.
    """

    model: str
    tokens_used: int
    tokens_remaining: int
    limit: int
    percentage: float
    estimated: bool
    note: NotRequired[str]


class RateLimitWarning(TypedDict):
    """A service asks to slow down; retry_in in seconds."""

    provider: str
    message: str
    retry_in: float | None
    limits: Mapping[str, Any]


attractor_detected: Kind[AttractorDetected] = Kind("attractor.detected", AttractorDetected)
convergence_measured: Kind[ConvergenceMeasured] = Kind("convergence.measured", ConvergenceMeasured)
context_usage: Kind[ContextUsage] = Kind("context.usage", ContextUsage)
rate_limit_warning: Kind[RateLimitWarning] = Kind("rate_limit.warning", RateLimitWarning)
