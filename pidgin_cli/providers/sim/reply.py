"""What a simulated agent is going to send, and how that goes out chunk by chunk."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.event import nothing
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    ProviderError,
    RateLimited,
    Reasoning,
    Text,
)
from pidgin_cli.providers.sim.tokens import tokens

OWN_PACE = 50.0
"""Tokens a second by the agent's own clock where no pace was asked for."""
STRETCH = 32
"""Tokens between two chances for the rest of the program, where nothing is waited for."""
SHORTEST_WAIT = 0.005
"""Seconds; shorter waits are gathered, since timers are not much finer."""


@dataclass(frozen=True, slots=True)
class Failure:
    """How an attempt fails before anything was sent."""

    kind: str
    message: str
    status: int | None = None
    retryable: bool = True
    retry_in: float | None = None

    def error(self, request_id: str) -> ProviderError:
        """Give the error of that request."""
        return ProviderError(
            self.kind,
            self.message,
            status=self.status,
            retryable=self.retryable,
            retry_in=self.retry_in,
            request_id=request_id,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """One response before it is sent.

    Args:
        usage: counts that stand in place of the real ones.
        failures: of the first, second, … attempt; the attempts after them succeed.
        break_after: characters of text after which the stream breaks.
        delay: seconds between the start of the answer and its first words.
    """

    text: str
    reasoning: str = ""
    finish_reason: FinishReason = "stop"
    usage: Mapping[str, int] = field(default_factory=nothing)
    failures: tuple[Failure, ...] = ()
    break_after: int | None = None
    rate_limit: RateLimited | None = None
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """The terms on which a reply is sent.

    Args:
        pace: tokens a second in real time, 0 for no waiting.
        limit: tokens, reasoning included, after which the output is cut; None for no limit.
    """

    request_id: str
    served: str
    input_tokens: int
    pace: float = 0.0
    limit: int | None = None


class _Clock:
    """The agent's own time, and what of it is still to be waited for."""

    __slots__ = ("_owed", "_pace", "_start", "count")

    def __init__(self, pace: float, start: float) -> None:
        self._pace = pace
        self._start = start
        self._owed = start
        self.count = 0

    def tick(self) -> float | None:
        """Count one token; give the seconds to wait before it, 0 to let others run, or None."""
        self.count += 1
        if self._pace:
            self._owed += 1 / self._pace
        if self._owed >= SHORTEST_WAIT:
            return self.settle()
        return 0.0 if self.count % STRETCH == 0 else None

    def settle(self) -> float | None:
        """Give what is still to be waited for, None where that is nothing."""
        owed, self._owed = self._owed, 0.0
        return owed or None

    @property
    def now(self) -> float:
        """Seconds since the answer began."""
        return round(self._start + self.count / (self._pace or OWN_PACE), 6)


def chunks(reply: Reply, delivery: Delivery) -> Iterator[tuple[float | None, Chunk]]:
    """Give each chunk with the seconds to wait before it: 0 lets others run, None goes right on.

    Raises:
        ProviderError: the stream breaks.
    """
    clock = _Clock(delivery.pace, reply.delay)
    yield None, Opened(200, delivery.request_id, delivery.served)
    if reply.rate_limit is not None:
        yield None, reply.rate_limit
    room = math.inf if reply.break_after is None else reply.break_after
    thought = 0
    finish_reason: FinishReason = "length"
    for token, thinking in _tokens(reply):
        if clock.count == delivery.limit:
            break
        wait = clock.tick()
        if thinking:
            thought += 1
            yield wait, Reasoning(token)
        elif len(token) <= room:
            room -= len(token)
            yield wait, Text(token, clock.now)
        else:
            if room:
                yield wait, Text(token[: int(room)], clock.now)
            raise _broken(delivery)
    else:
        if reply.break_after is not None:
            raise _broken(delivery)
        finish_reason = reply.finish_reason
    usage = _usage(reply, delivery, clock.count, thought)
    yield clock.settle(), Finished(finish_reason, usage, finish_reason, delivery.served, 0.0)


def _usage(reply: Reply, delivery: Delivery, count: int, thought: int) -> Usage:
    counted = {
        "input_tokens": delivery.input_tokens,
        "output_tokens": count,
        "reasoning_tokens": thought,
    }
    return Usage.of({**counted, **reply.usage})


def _tokens(reply: Reply) -> Iterator[tuple[str, bool]]:
    for token in tokens(reply.reasoning):
        yield token, True
    for token in tokens(reply.text):
        yield token, False


def _broken(delivery: Delivery) -> ProviderError:
    message = "the simulated stream broke in the middle"
    return ProviderError("stream_broken", message, retryable=True, request_id=delivery.request_id)
