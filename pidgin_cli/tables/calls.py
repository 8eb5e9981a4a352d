"""Calls of model services: what is known of one while it is under way, and its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pidgin_cli.events import payload
from pidgin_cli.events.event import Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.tables.table import Row
from pidgin_cli.tables.values import boolean, integer, listed, number, seconds, text

NO_USAGE = Usage()
_NO_TOKENS = (None,) * len(Usage.__slots__)
_OF_ERRORS = ("error", "retryable", "retry_in")
_NO_ERROR = (None,) * 4


@dataclass(slots=True)
class OpenCall:
    """A call that was made and has not ended. Its fields are values of columns.

    Args:
        place: where its first event stands.
    """

    place: int
    turn_number: int | None = None
    agent_id: str | None = None
    response: int | None = None
    attempt: int | None = None
    provider: str | None = None
    model: str | None = None
    started: float | None = None
    messages: int | None = None
    messages_sha256: str | None = None
    parameters: str | None = None

    @classmethod
    def of(cls, event: Event, place: int) -> OpenCall:
        """Give what is known of a call from the event that says it was made."""
        data = event.data
        return cls(
            place,
            integer(event.turn_number),
            text(event.agent_id),
            integer(data.get("response")),
            integer(data.get("attempt")),
            text(data.get("provider")),
            text(data.get("model")),
            seconds(event.timestamp),
            integer(data.get("messages")),
            text(data.get("messages_sha256")),
            listed(data.get("parameters")),
        )

    def row(
        self, experiment_id: str | None, end: Event | None = None, usage: Usage = NO_USAGE
    ) -> Row:
        """Give the row of the call, by the event that says how it ended, if it did.

        Args:
            usage: what that event says was used.
        """
        data: Any = {} if end is None else end.data
        return (
            experiment_id,
            self.turn_number,
            self.agent_id,
            self.response,
            self.attempt,
            self.provider,
            self.model,
            text(data.get("served_model")),
            None if end is None else end.type.removeprefix("api.call."),
            self.started,
            None if end is None else seconds(end.timestamp),
            number(data.get("duration")),
            number(data.get("time_to_first_chunk")),
            *(_tokens(usage) if "usage" in data else _NO_TOKENS),
            data.get("usage_estimated") is True if "usage" in data else None,
            number(data.get("cost_usd")),
            integer(data.get("status")),
            text(data.get("request_id")),
            text(data.get("finish_reason")),
            text(data.get("native_finish_reason")),
            *(_NO_ERROR if data.keys().isdisjoint(_OF_ERRORS) else _error(data)),
            self.messages,
            self.messages_sha256,
            self.parameters,
            end is not None and "copied_from" in end.extra,
        )


def ended_call(event: Event, place: int) -> OpenCall:
    """Give what the end of a call tells of its beginning, which was not recorded."""
    call = OpenCall.of(event, place)
    call.started = call.messages = None
    return call


def _tokens(usage: Usage) -> tuple[int | None, ...]:
    return (
        integer(usage.input_tokens),
        integer(usage.output_tokens),
        integer(usage.cached_tokens),
        integer(usage.cache_write_tokens),
        integer(usage.reasoning_tokens),
    )


def _error(data: Mapping[str, Any]) -> Row:
    error = payload.error(data)
    return (
        text(error.get("kind")),
        text(error.get("message")),
        boolean(data.get("retryable")),
        number(data.get("retry_in")),
    )
