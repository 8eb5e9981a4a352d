"""Calls of model services: what is known of one while it is under way, and its row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from pidgin_cli.events import payload
from pidgin_cli.events.event import NOTHING, Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.tables.table import Row
from pidgin_cli.tables.values import (
    Boolean,
    Integer,
    Number,
    Text,
    integer,
    listed,
    read,
    seconds,
    text,
)

NO_USAGE = Usage()
_NO_TOKENS = (None,) * len(Usage.__slots__)


class OpenCall(Struct):
    """A call that was made and has not ended. Its fields are values of columns.

    Args:
        place: where its first event stands.
    """

    place: int = 0
    turn_number: Integer = None
    agent_id: Text = None
    response: Integer = None
    attempt: Integer = None
    provider: Text = None
    model: Text = None
    started: float | None = None
    messages: Integer = None
    messages_sha256: Text = None
    parameters: Any = None

    @classmethod
    def of(cls, event: Event, place: int) -> OpenCall:
        """Give what is known of a call from the event that says it was made."""
        call = read(cls, event.data)
        call.place = place
        call.turn_number = integer(event.turn_number)
        call.agent_id = text(event.agent_id)
        call.started = seconds(event.timestamp)
        call.parameters = listed(call.parameters)
        return call

    def row(
        self, experiment_id: str | None, end: Event | None = None, usage: Usage = NO_USAGE
    ) -> Row:
        """Give the row of the call, by the event that says how it ended, if it did.

        Args:
            usage: what that event says was used.
        """
        data = NOTHING if end is None else end.data
        ended, counted = read(_Ended, data), "usage" in data
        return (
            experiment_id,
            self.turn_number,
            self.agent_id,
            self.response,
            self.attempt,
            self.provider,
            self.model,
            ended.served_model,
            None if end is None else end.type.removeprefix("api.call."),
            self.started,
            None if end is None else seconds(end.timestamp),
            ended.duration,
            ended.time_to_first_chunk,
            *(_tokens(usage) if counted else _NO_TOKENS),
            ended.usage_estimated is True if counted else None,
            ended.cost_usd,
            ended.status,
            ended.request_id,
            ended.finish_reason,
            ended.native_finish_reason,
            *(_error(data) if "error" in data else (None, None)),
            ended.retryable,
            ended.retry_in,
            self.messages,
            self.messages_sha256,
            self.parameters,
            end is not None and "copied_from" in end.extra,
        )


class _Ended(Struct):
    """What the end of a call tells."""

    served_model: Text = None
    duration: Number = None
    time_to_first_chunk: Number = None
    usage_estimated: Any = None
    cost_usd: Number = None
    status: Integer = None
    request_id: Text = None
    finish_reason: Text = None
    native_finish_reason: Text = None
    retryable: Boolean = None
    retry_in: Number = None


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
    return text(error.get("kind")), text(error.get("message"))
