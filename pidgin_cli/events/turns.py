"""Events of the conversation itself: turns, and the responses in them."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from pidgin_cli.events.experiment import UsageData
from pidgin_cli.events.kind import Kind

InterruptionReason = Literal["user", "signal", "stdout_closed", "timeout", "error"]


class TurnStarted(TypedDict):
    """A pass over all agents begins.

    `limits_reached` names the limits that were reached before it and are only to be noted.
    """

    limits_reached: NotRequired[list[str]]


class TurnCompleted(TypedDict):
    """Seconds that the turn took, and what the experiment has used up to here."""

    duration: float
    usage: UsageData
    cost_usd: NotRequired[float]


class ResponseStarted(TypedDict):
    """The service began to answer."""

    response: int
    model: str


class ResponseStreaming(TypedDict):
    """A piece of text. The deltas of a response, joined by index, are its content."""

    response: int
    index: int
    delta: str


class ResponseCompleted(TypedDict):
    """A whole message: length in characters, tokens of output, duration in seconds."""

    response: int
    content: str
    length: int
    tokens: int
    duration: float
    model: str
    finish_reason: str
    reasoning: NotRequired[str]


class ResponseInterrupted(TypedDict):
    """A response that was cut. It is a message only where the user cut it.

    `request` is the id of the control line that asked for it.
    """

    response: int
    content: str
    chars_received: int
    duration: float
    reason: InterruptionReason
    request: NotRequired[str]


turn_started: Kind[TurnStarted] = Kind("turn.started", TurnStarted)
turn_completed: Kind[TurnCompleted] = Kind("turn.completed", TurnCompleted)
response_started: Kind[ResponseStarted] = Kind("response.started", ResponseStarted)
response_streaming: Kind[ResponseStreaming] = Kind("response.streaming", ResponseStreaming)
response_completed: Kind[ResponseCompleted] = Kind("response.completed", ResponseCompleted)
response_interrupted: Kind[ResponseInterrupted] = Kind("response.interrupted", ResponseInterrupted)
