"""Events of the calls to model services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from pidgin_cli.events.experiment import ErrorData, UsageData
from pidgin_cli.events.kind import Kind

FinishReason = Literal["stop", "length", "content_filter", "tool_call", "error"]


class CallParameters(TypedDict):
    """What the agent was configured with, and what the service was sent."""

    asked: Mapping[str, Any]
    sent: Mapping[str, Any]


class ApiCallStarted(TypedDict):
    """A request goes out. Attempts count from 1; messages is how many were sent."""

    response: int
    provider: str
    model: str
    attempt: int
    parameters: CallParameters
    messages: int
    messages_sha256: str


class ApiCallCompleted(TypedDict):
    """A request was answered. Times in seconds; usage is estimated where the service gives none."""

    response: int
    provider: str
    model: str
    served_model: str
    status: int | None
    request_id: str | None
    duration: float
    time_to_first_chunk: float | None
    usage: UsageData
    finish_reason: FinishReason
    native_finish_reason: str | None
    cost_usd: NotRequired[float]
    usage_estimated: NotRequired[bool]


class ApiCallFailed(TypedDict):
    """A request was refused or broke. retry_in in seconds, None where it is not tried again."""

    response: int
    provider: str
    model: str
    attempt: int
    status: int | None
    error: ErrorData
    retryable: bool
    retry_in: float | None
    request_id: str | None
    usage: NotRequired[UsageData]
    usage_estimated: NotRequired[bool]
    cost_usd: NotRequired[float]


class StreamChunkReceived(TypedDict):
    """A chunk of the service's stream, sampled; elapsed is seconds since the call began."""

    response: int
    index: int
    chars: int
    elapsed: float


api_call_started: Kind[ApiCallStarted] = Kind("api.call.started", ApiCallStarted)
api_call_completed: Kind[ApiCallCompleted] = Kind("api.call.completed", ApiCallCompleted)
api_call_failed: Kind[ApiCallFailed] = Kind("api.call.failed", ApiCallFailed)
stream_chunk_received: Kind[StreamChunkReceived] = Kind(
    "stream.chunk.received", StreamChunkReceived
)
