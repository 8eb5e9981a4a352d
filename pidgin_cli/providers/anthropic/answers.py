"""What Anthropic answers: the events of a stream, and its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.event import NOTHING
from pidgin_cli.providers.base import Chunk, ProviderError, Reasoning, Text
from pidgin_cli.providers.counts import CharacterCount, Counted
from pidgin_cli.providers.failures import failure_of
from pidgin_cli.providers.fields import count, mapping, message_object, text
from pidgin_cli.providers.wire import StreamMessage

FINISH_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    # The service stopped in the middle of a turn and would go on if it were asked again.
    "pause_turn": "length",
    "refusal": "content_filter",
    "tool_use": "tool_call",
}
STATUSES: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""What an error would have had as its status, had it come before the stream began."""
TOO_LONG = ("prompt is too long", "exceed context limit")
EXHAUSTED = ("credit balance is too low",)
_COUNTS = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
)
_KNOWN = frozenset(
    {
        "",
        "content_block_delta",
        "content_block_start",
        "message_start",
        "message_delta",
        "message_stop",
        "error",
    }
)


def error_of(
    error: Mapping[str, Any],
    status: int,
    headers: Mapping[str, str] = NOTHING,
    request_id: str | None = None,
) -> ProviderError:
    """Give the error that the service means.

    Args:
        error: the object `error` of the answer or of the event.
        status: of HTTP; of a stream that had begun it says nothing, and the error's type does.
    """
    if status < 400:
        status = STATUSES.get(text(error.get("type")), 500)
    return failure_of(status, headers, _kind(error, status), text(error.get("message")), request_id)


class MessagesDecoder:
    """Reads the events of one stream.

    Args:
        sent: characters of all messages, for an estimate where the service counts no tokens.
    """

    def __init__(self, sent: int) -> None:
        self._characters = CharacterCount(sent)
        self._counts: dict[str, int] = {}
        self._model: str | None = None
        self._stop_reason: str | None = None
        self._explanation = ""
        self._said = False
        self._over = False

    def feed(self, message: StreamMessage) -> Sequence[Chunk]:
        """Give the chunks of an event; ping, unknown ones and whatever follows the end give none.

        Raises:
            ProviderError: the event is an error, or cannot be read, or the answer is no answer.
        """
        if self._over or message.event not in _KNOWN:
            return ()
        data = message_object(message.data)
        match message.event or data.get("type"):
            case "content_block_delta":
                return self._piece(mapping(data.get("delta")))
            case "content_block_start":
                return self._piece(mapping(data.get("content_block")))
            case "message_start":
                self._begin(mapping(data.get("message")))
            case "message_delta":
                self._count(mapping(data.get("usage")))
                self._stopped(mapping(data.get("delta")))
            case "message_stop":
                return self._end()
            case "error":
                request_id = text(data.get("request_id")) or None
                raise error_of(mapping(data.get("error")), 200, request_id=request_id)
        return ()

    def finish(self) -> Sequence[Chunk]:
        """Give nothing, since the service itself says when it has ended.

        Raises:
            ProviderError: it has not.
        """
        if not self._over:
            raise ProviderError(
                "stream_broken", "the stream ended before message_stop", retryable=True
            )
        return ()

    def _piece(self, block: Mapping[str, Any]) -> Sequence[Chunk]:
        match block.get("type"):
            case "text" | "text_delta":
                said = text(block.get("text"))
                self._characters.received += len(said)
                self._said = self._said or bool(said)
                return (Text(said),) if said else ()
            case "thinking" | "thinking_delta":
                thought = text(block.get("thinking"))
                self._characters.received += len(thought)
                return (Reasoning(thought),) if thought else ()
        return ()

    def _begin(self, message: Mapping[str, Any]) -> None:
        self._model = text(message.get("model")) or None
        self._count(mapping(message.get("usage")))

    def _count(self, usage: Mapping[str, Any]) -> None:
        """Take counts over: each is of the whole answer so far, and those left out stand."""
        thinking = mapping(usage.get("output_tokens_details")).get("thinking_tokens")
        told = {name: count(usage.get(name)) for name in _COUNTS}
        told["thinking_tokens"] = count(thinking)
        self._counts |= {name: number for name, number in told.items() if number is not None}

    def _stopped(self, delta: Mapping[str, Any]) -> None:
        self._stop_reason = text(delta.get("stop_reason")) or self._stop_reason
        details = mapping(delta.get("stop_details"))
        self._explanation = text(details.get("explanation")) or text(details.get("category"))

    def _end(self) -> Sequence[Chunk]:
        self._over = True
        native = self._stop_reason
        reason = FINISH_REASONS.get(native or "", "error")
        if not self._said and reason in {"content_filter", "error"}:
            raise self._no_answer(reason)
        end = self._characters.finished(reason, self._counted(), native=native, model=self._model)
        return (end,)

    def _no_answer(self, reason: FinishReason) -> ProviderError:
        if reason == "content_filter":
            because = f": {self._explanation}" if self._explanation else ""
            return failure_of(200, {}, "content_filter", f"the model refused to answer{because}")
        return failure_of(
            200, {}, "bad_response", f"no text, and the reason to stop is {self._stop_reason!r}"
        )

    def _counted(self) -> Counted:
        fresh, written, cached, output = (self._counts.get(name) for name in _COUNTS)
        together = (fresh or 0) + (written or 0) + (cached or 0)
        thinking = self._counts.get("thinking_tokens")
        return Counted(None if fresh is None else together, output, cached, written, thinking)


def _kind(error: Mapping[str, Any], status: int) -> str | None:
    """Give the kind where the error tells more than its status does."""
    message = text(error.get("message")).lower()
    code = text(mapping(error.get("details")).get("error_code"))
    if code.endswith("spend_limit_reached") or error.get("type") == "billing_error":
        return "quota"
    if status == 400 and any(sign in message for sign in EXHAUSTED):
        return "quota"
    if status == 400 and any(sign in message for sign in TOO_LONG):
        return "context_length_exceeded"
    return None
