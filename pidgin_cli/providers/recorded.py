"""Recorded responses given again: a provider that asks nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pidgin_cli.events import payload
from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.event import nothing
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import (
    Chunk,
    Finished,
    Opened,
    ProviderError,
    Reasoning,
    Request,
    Text,
)

APART = 1e6
"""Seconds between two pieces, so that each becomes a delta of its own, as it was."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as a log has it.

    Args:
        pieces: its text as it came.
        cut: whether somebody cut it, so that it has no end.
        said: data of the event that holds it.
        called: data of the event that tells of its call.
        sent: parameters that its service was sent.
    """

    pieces: tuple[str, ...]
    cut: bool
    said: Mapping[str, Any]
    called: Mapping[str, Any] = field(default_factory=nothing)
    sent: Mapping[str, Any] = field(default_factory=nothing)


class RecordedProvider:
    """Gives the recorded answer of each turn and agent.

    Args:
        name: of the provider that gave them first.
        answers: by turn and agent.
        contexts: sizes of contexts in tokens, by the whole name of the model.
        cut: cuts the response under way; is called for answers that were cut before they began.
    """

    def __init__(
        self,
        name: str,
        answers: Mapping[tuple[int, str], Answer],
        contexts: Mapping[str, int],
        cut: Callable[[], None],
    ) -> None:
        self.name = name
        self._answers = answers
        self._contexts = contexts
        self._cut = cut

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """Take every model and parameter: they were asked for once."""

    def context_limit(self, model: str) -> int | None:
        """Give the size of the model's context in tokens, None where it was not recorded."""
        return self._contexts.get(f"{self.name}:{model}")

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that were sent."""
        return self._answer(request).sent

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Give the answer in the pieces in which it came.

        Raises:
            ProviderError: none was recorded.
        """
        answer = self._answer(request)
        called, said = answer.called, answer.said
        yield Opened(
            payload.integer(called, "status"),
            payload.text(called, "request_id"),
            payload.text(called, "served_model") or payload.text(said, "model"),
        )
        reasoning = payload.text(said, "reasoning")
        if reasoning:
            yield Reasoning(reasoning)
        for place, piece in enumerate(answer.pieces):
            yield Text(piece, place * APART)
        if answer.cut:
            if not answer.pieces:
                self._cut()
            await asyncio.Event().wait()
        yield Finished(
            cast("FinishReason", payload.text(said, "finish_reason") or "stop"),
            _usage(answer),
            payload.text(called, "native_finish_reason"),
            cost_usd=payload.number(called, "cost_usd"),
            usage_estimated=bool(called.get("usage_estimated")),
        )

    async def close(self) -> None:
        """Let go of nothing: there are no connections."""

    def _answer(self, request: Request) -> Answer:
        answer = self._answers.get((request.turn_number, request.agent_id))
        if answer is None:
            raise ProviderError(
                "not_recorded",
                f"no response of {request.agent_id} at turn {request.turn_number} is recorded",
            )
        return answer


def _usage(answer: Answer) -> Usage:
    if "usage" in answer.called:
        return Usage.of(answer.called["usage"])
    return Usage(0, payload.integer(answer.said, "tokens") or 0)
