"""What Google answers: the chunks of a stream, and its errors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pidgin_cli.events.calls import FinishReason
from pidgin_cli.events.event import NOTHING
from pidgin_cli.providers.base import Chunk, ProviderError, Reasoning, Text
from pidgin_cli.providers.counts import CharacterCount, Counted
from pidgin_cli.providers.failures import failure_of, one_line
from pidgin_cli.providers.fields import count, mapping, parsed, sequence, text
from pidgin_cli.providers.wire import StreamMessage

FINISH_REASONS: Mapping[str, FinishReason] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    # The limit of a single request, behind which the service would go on if it were asked again.
    "CONTINUATION": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "MODEL_ARMOR": "content_filter",
    "ESCALATION": "content_filter",
    "UNEXPECTED_TOOL_CALL": "tool_call",
    "TOO_MANY_TOOL_CALLS": "tool_call",
}
"""All others are errors."""
STATUSES: Mapping[str, int] = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""What an error would have had as its status, had it come before the stream began."""
_NO_QUOTA = re.compile(r"\blimit: 0(?![.,]?\d)")
_TOO_LONG = re.compile(r"token count .{0,40}exceeds the maximum")
_WRONG_KEY = frozenset({"API_KEY_INVALID", "API_KEY_EXPIRED"})


def error_in(body: str | bytes) -> Mapping[str, Any]:
    """Give the object `error` of an answer, which may stand in a list; empty where there is none.

    A body that is no JSON has none.
    """
    try:
        return mapping(mapping(_unlisted(parsed(body))).get("error"))
    except ValueError:
        return NOTHING


def error_of(
    error: Mapping[str, Any], status: int, headers: Mapping[str, str] = NOTHING
) -> ProviderError:
    """Give the error that the service means.

    Args:
        error: the object `error` of the answer or of the chunk.
        status: of HTTP; of a stream that had begun it says nothing, and the error itself does.
    """
    if status < 400:
        own = count(error.get("code")) or 0
        status = own if 400 <= own < 600 else STATUSES.get(text(error.get("status")), 500)
    details = [mapping(detail) for detail in sequence(error.get("details"))]
    delays = (text(detail.get("retryDelay")) for detail in details)
    for delay in filter(None, delays):
        headers = {"retry-after": delay.removesuffix("s"), **headers}
    message = text(error.get("message"))
    return failure_of(status, headers, _kind(message, status, details), message)


class GenerateDecoder:
    """Reads the chunks of one stream, which has no end of its own behind the finish reason.

    Args:
        sent: characters of all messages, for an estimate where the service counts no tokens.
    """

    def __init__(self, sent: int) -> None:
        self._characters = CharacterCount(sent)
        self._usage: Mapping[str, Any] = NOTHING
        self._model: str | None = None
        self._finish_reason: str | None = None
        self._finish_message = ""
        self._said = False

    def feed(self, message: StreamMessage) -> Sequence[Chunk]:
        """Give the chunks of a message.

        Raises:
            ProviderError: it is an error, or says that the prompt was blocked, or cannot be read.
        """
        data = _answer(message.data)
        if error := data.get("error"):
            raise error_of(mapping(error) or {"message": error}, 200)
        self._usage = mapping(data.get("usageMetadata")) or self._usage
        self._model = text(data.get("modelVersion")) or self._model
        candidates = sequence(data.get("candidates"))
        if not candidates:
            self._see_block(mapping(data.get("promptFeedback")))
            return ()
        return self._candidate(mapping(candidates[0]))

    def finish(self) -> Sequence[Chunk]:
        """Give the end of the answer.

        Raises:
            ProviderError: the stream ended before a finish reason, or the answer is no answer.
        """
        native = self._finish_reason
        if native is None:
            raise ProviderError(
                "stream_broken", "the stream ended without a finish reason", retryable=True
            )
        reason = FINISH_REASONS.get(native, "error")
        if not self._said and reason in {"content_filter", "error"}:
            because = f": {self._finish_message}" if self._finish_message else ""
            kind = "content_filter" if reason == "content_filter" else "bad_response"
            raise failure_of(200, {}, kind, f"no text, the answer ended with {native}{because}")
        end = self._characters.finished(reason, self._counted(), native=native, model=self._model)
        return (end,)

    def _see_block(self, feedback: Mapping[str, Any]) -> None:
        if reason := text(feedback.get("blockReason")):
            words = text(feedback.get("blockReasonMessage"))
            because = f": {words}" if words else ""
            raise failure_of(
                200, {}, "content_filter", f"the prompt was blocked, {reason}{because}"
            )

    def _candidate(self, candidate: Mapping[str, Any]) -> Sequence[Chunk]:
        self._finish_reason = text(candidate.get("finishReason")) or self._finish_reason
        self._finish_message = text(candidate.get("finishMessage")) or self._finish_message
        chunks: list[Chunk] = []
        for part in sequence(mapping(candidate.get("content")).get("parts")):
            fields = mapping(part)
            words = text(fields.get("text"))
            if not words:
                continue
            self._characters.received += len(words)
            if fields.get("thought") is True:
                chunks.append(Reasoning(words))
            else:
                self._said = True
                chunks.append(Text(words))
        return chunks

    def _counted(self) -> Counted:
        answer = count(self._usage.get("candidatesTokenCount"))
        thoughts = count(self._usage.get("thoughtsTokenCount"))
        # The service leaves out what is zero.
        nothing_came = self._usage and not self._characters.received
        known = nothing_came or answer is not None or thoughts is not None
        return Counted(
            count(self._usage.get("promptTokenCount")),
            (answer or 0) + (thoughts or 0) if known else None,
            count(self._usage.get("cachedContentTokenCount")),
            reasoning_tokens=thoughts,
        )


def _answer(data: str) -> Mapping[str, Any]:
    """Give the object of a message, which may stand in a list."""
    try:
        value = _unlisted(parsed(data))
    except ValueError:
        value = None
    if not isinstance(value, Mapping):
        raise ProviderError("bad_response", f"not an answer in the stream: {one_line(data)!r}")
    return value


def _unlisted(value: object) -> object:
    """Give what stands alone in a list, else the value itself."""
    items = sequence(value)
    return items[0] if len(items) == 1 else value


def _kind(message: str, status: int, details: Sequence[Mapping[str, Any]]) -> str | None:
    """Give the kind where the error tells more than its status does."""
    if status == 429 and _NO_QUOTA.search(message):
        return "quota"
    if status == 400 and _TOO_LONG.search(message):
        return "context_length_exceeded"
    if status == 400 and any(text(detail.get("reason")) in _WRONG_KEY for detail in details):
        return "authentication"
    return None
