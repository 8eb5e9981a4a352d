"""The seam between the engine and a model service: what is asked, and what comes back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from pidgin_cli.errors import PidginError
from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.event import nothing
from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage


@dataclass(frozen=True, slots=True)
class Request:
    """One call: which model is asked to go on with which messages, and how.

    Args:
        model: name of the model as the service knows it, without the provider's prefix.
        messages: the conversation as this agent sees it.
        characters: of all messages together; for estimates that do not read them again.
        parameters: temperature, top_p, max_tokens, seed, thinking, stop: as asked for the agent.
        seed: of the experiment; with turn and agent it decides what a simulated agent says.
        attempt: from 1; a retry asks the same again.
    """

    model: str
    messages: Sequence[Message]
    characters: int
    parameters: Mapping[str, Any]
    experiment_id: str
    agent_id: str
    turn_number: int
    seed: int
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """The service began to answer.

    Args:
        waited: seconds that the call waited here before it went out, for a place among others.
    """

    status: int | None = None
    request_id: str | None = None
    served_model: str | None = None
    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer.

    Args:
        at: seconds since the answer began by the service's own clock, where it has one: a
            simulated agent's deltas are cut by it, so that the same seed gives the same log.
    """

    text: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A piece of thinking, which is kept and never sent to anybody."""

    text: str


NEAR_LIMIT = 0.05
"""Share of a limit that is left when it is time to warn."""


@dataclass(frozen=True, slots=True)
class RateLimited:
    """The service says that its limits are near; retry_in in seconds."""

    message: str
    retry_in: float | None = None
    limits: Mapping[str, Any] = field(default_factory=nothing)


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer is whole: the last chunk of every stream that did not fail.

    Args:
        cost_usd: what the call cost, None where a price is not known.
        usage_estimated: whether the service counted less than all of the usage.
    """

    finish_reason: FinishReason
    usage: Usage
    native_finish_reason: str | None = None
    served_model: str | None = None
    cost_usd: float | None = None
    usage_estimated: bool = False


Chunk = Opened | Text | Reasoning | RateLimited | Finished


class ProviderError(PidginError):
    """A call failed. It is an event, never something that an agent said.

    Args:
        kind: one word for a program, such as `overloaded`, `rate_limit` or `authentication`.
        message: one line for a person, without any secret.
        status: of HTTP, where there was one.
        retryable: whether the same call may succeed later.
        retry_in: seconds that the service asked to wait, where it did.
    """

    def __init__(
        self,
        kind: str,
        message: str,
        *,
        status: int | None = None,
        retryable: bool = False,
        retry_in: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.retryable = retryable
        self.retry_in = retry_in
        self.request_id = request_id


@runtime_checkable
class Provider(Protocol):
    """A model service. One object serves all conversations of a run."""

    name: str

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the model and the parameters can be asked for, before anything starts.

        Raises:
            UsageError: the model or a parameter is not known here; says what is.
        """

    def context_limit(self, model: str) -> int | None:
        """Give the size of the model's context in tokens, None where it is not known."""

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that this request really carries to the service."""

    def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Ask, and give the answer as it comes: Opened first, Finished last.

        Raises:
            ProviderError: the call failed; what was given before it stays given.
        """

    async def close(self) -> None:
        """Let go of connections."""
