"""Errors as OpenAI and the services that speak like it write them, and what kinds they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.failures import RETRYABLE_KINDS, failure_of, one_line
from pidgin_cli.providers.fields import body_object, mapping, text, word
from pidgin_cli.providers.openai.limits import duration

_KINDS: Mapping[str, str] = {
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "billing_not_active": "quota",
    "insufficient_balance": "quota",
    "context_length_exceeded": "context_length_exceeded",
    "exceed_context_size_error": "context_length_exceeded",
    "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit",
    "too_many_requests": "rate_limit",
    "invalid_api_key": "authentication",
    "authentication_error": "authentication",
    "permission_error": "permission",
    "permission_denied": "permission",
    "data_residency_mismatch": "permission",
    "model_not_found": "not_found",
    "not_found_error": "not_found",
    "content_filter": "content_filter",
    "content_policy_violation": "content_filter",
    "invalid_prompt": "content_filter",
    "bio_policy": "content_filter",
    "cyber_policy": "content_filter",
    "misalignment_policy_violation": "content_filter",
    "slow_down": "overloaded",
    "server_is_overloaded": "overloaded",
    "service_unavailable": "overloaded",
    "overloaded_error": "overloaded",
    "server_error": "server_error",
    "internal_error": "server_error",
    "internal_server_error": "server_error",
    "vector_store_timeout": "timeout",
    "timeout": "timeout",
    "invalid_request_error": "bad_request",
}
_TOO_LONG = re.compile(
    r"(maximum|max|available|exceeds?|larger than|overflows?)\b.{0,60}"
    r"\b(context|prompt|model) (length|len|size|window)"
    r"|\bcontext (length|size|window)\b.{0,60}\b(exceed|overflow)"
    r"|context the overflows|prompt is too long|prompt too long|reduce the length of the messages",
    re.IGNORECASE,
)
_NO_MONEY = re.compile(r"insufficient (balance|credits)|used all available credits", re.IGNORECASE)
_WRONG_KEY = re.compile(r"(incorrect|invalid) api.?key", re.IGNORECASE)
_TRY_AGAIN = re.compile(r"try again in ([0-9hms.]*[hms])", re.IGNORECASE)
_VAGUE = frozenset({None, "bad_request", "server_error", "permission"})
"""Kinds for which the message may tell more."""
_READ = 4000
"""Characters of a message that are searched."""
_REFUSING = frozenset({400, 413, 422, 500})
"""Statuses under which servers say that a prompt is too long, some of them in words alone."""


@dataclass(frozen=True, slots=True)
class ServiceError:
    """What a service says of an error.

    Args:
        words: its code and its type, the more exact one first.
        status: of HTTP, where the error itself names one, as OpenRouter's do in a stream.
        said: whether it is an error in words of such a service at all.
    """

    message: str
    words: tuple[str, ...] = ()
    status: int | None = None
    said: bool = True

    @classmethod
    def of(cls, value: object) -> ServiceError:
        """Read an error, which is an object or, at some services, just a text."""
        if isinstance(value, str):
            return cls(text(value))
        fields = mapping(value)
        code, metadata = word(fields.get("code")), mapping(fields.get("metadata"))
        words = [code, text(fields.get("type"))]
        message = text(fields.get("message")) or " ".join(filter(None, words))
        # OpenRouter puts what the service behind it said beside its own words.
        raw = text(metadata.get("raw"))
        if "flagged_input" in metadata:
            words.insert(0, "content_filter")
        named = int(code) if len(code) == 3 and code.isdecimal() else 0
        return cls(
            f"{message}: {raw}" if raw else message,
            tuple(each.lower() for each in words if each),
            named if 400 <= named < 600 else None,
        )

    @classmethod
    def of_body(cls, body: bytes) -> ServiceError:
        """Read the body of an answer that failed; one that is not JSON is its own message."""
        fields = body_object(body)
        error = fields.get("error")
        if not error and (fields.get("object") == "error" or fields.get("message")):
            return cls.of(fields)
        if not error:
            return cls(body.decode("utf-8", "replace"), said=False)
        if isinstance(error, str):
            # xAI writes its code beside the text.
            return cls.of({"code": fields.get("code"), "message": error})
        return cls.of(error)

    def kind(self, status: int | None) -> str | None:
        """Give the kind of the error, None where its status tells all that there is to tell.

        Args:
            status: None where the error came in a stream that had begun well.
        """
        by_word = next((_KINDS[each] for each in self.words if each in _KINDS), None)
        if by_word in _VAGUE:
            return self._by_message(status) or (by_word if status is None else None)
        # Groq calls a request that is larger than a whole minute's tokens a rate limit.
        return None if (by_word, status) == ("rate_limit", 413) else by_word

    def _by_message(self, status: int | None) -> str | None:
        said = self.message[:_READ]
        if (status is None or status in _REFUSING) and _TOO_LONG.search(said):
            return "context_length_exceeded"
        if _NO_MONEY.search(said):
            return "quota"
        return "authentication" if _WRONG_KEY.search(said) else None


def answer_failure(status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """Give the error that an answer means which is no stream, mostly of another status than 2xx.

    Args:
        headers: with names in lower case.
    """
    error = ServiceError.of_body(body)
    if status < 400 and error.said:
        return _within_success(error)
    return failure_of(status, headers, error.kind(status), error.message)


def stream_failure(value: Any) -> ProviderError:
    """Give the error that came in the midst of a stream, after a status of 200."""
    return _within_success(ServiceError.of(value))


def _within_success(error: ServiceError) -> ProviderError:
    kind = error.kind(error.status)
    message = one_line(error.message) or "the service broke off with an error and did not say which"
    if error.status is not None:
        return failure_of(error.status, {}, kind, message)
    kind = kind or "server_error"
    named = _TRY_AGAIN.search(message[:_READ]) if kind == "rate_limit" else None
    return ProviderError(
        kind,
        message,
        retryable=kind in RETRYABLE_KINDS,
        retry_in=duration(named[1]) if named else None,
    )
