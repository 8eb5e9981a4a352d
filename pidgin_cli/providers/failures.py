"""From the status and the headers of an answer that failed to the error that it means."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from pidgin_cli.providers.base import ProviderError

KINDS: Mapping[int, str] = {
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "not_found",
    408: "timeout",
    409: "server_error",
    413: "too_large",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
    522: "timeout",
    524: "timeout",
    529: "overloaded",
}
RETRYABLE_STATUSES = frozenset({408, 409, 429, 500, 502, 503, 504, *range(520, 525), 529})
"""520 to 524 are what the proxies in front of several services say of a service out of reach."""
RETRYABLE_KINDS = frozenset(
    {"rate_limit", "overloaded", "server_error", "timeout", "connection", "stream_broken"}
)
LONGEST_MESSAGE = 1000
"""Characters of a service's words that are kept."""


def retry_in(headers: Mapping[str, str], now: Callable[[], float] = time.time) -> float | None:
    """Give the seconds that the service asks to wait: retry-after-ms, or Retry-After.

    None where it does not say, or says what cannot be read.

    Args:
        headers: with names in lower case.
    """
    if "retry-after-ms" in headers:
        milliseconds = _seconds(headers["retry-after-ms"])
        if milliseconds is not None:
            return milliseconds / 1000
    if "retry-after" not in headers:
        return None
    text = headers["retry-after"]
    seconds = _seconds(text)
    return _seconds_until(text, now) if seconds is None else seconds


def failure_of(
    status: int,
    headers: Mapping[str, str],
    kind: str | None,
    message: str,
    request_id: str | None = None,
) -> ProviderError:
    """Give the error of an answer that failed.

    What may be tried again follows from the kind, or from the status where no kind is given;
    x-should-retry overrules both, but nothing makes a hard quota pass.

    Args:
        headers: with names in lower case.
        kind: where the service told more than the status does.
        message: the service's own words, which become one line.
        request_id: where it stands in the body; else it is looked for in the headers.
    """
    if kind is None:
        kind, retryable = kind_of(status), status in RETRYABLE_STATUSES
    else:
        retryable = kind in RETRYABLE_KINDS
    if kind != "quota":
        retryable = {"true": True, "false": False}.get(
            headers.get("x-should-retry", "").strip().lower(), retryable
        )
    return ProviderError(
        kind,
        one_line(message) or f"the service answered with status {status} and said nothing",
        status=status,
        retryable=retryable,
        retry_in=retry_in(headers) if retryable else None,
        request_id=request_id or request_id_of(headers),
    )


def kind_of(status: int) -> str:
    """Give the kind of error that a status alone means."""
    if status < 400:
        return "bad_response"
    return KINDS.get(status, "bad_request" if status < 500 else "server_error")


def request_id_of(headers: Mapping[str, str]) -> str | None:
    """Give the name under which the service knows the call, None where it gave none."""
    return headers.get("request-id") or headers.get("x-request-id") or None


def one_line(text: str) -> str:
    """Give the text as one line that a terminal can be shown, cut where it is very long."""
    words = "".join(
        character if character.isprintable() else " " for character in text[: 4 * LONGEST_MESSAGE]
    )
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_MESSAGE else line[:LONGEST_MESSAGE] + "…"


def _seconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return max(number, 0.0) if math.isfinite(number) else None


def _seconds_until(date: str, now: Callable[[], float]) -> float | None:
    try:
        until = parsedate_to_datetime(date)
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return round(max(until.timestamp() - now(), 0.0), 3)
    except (ValueError, OverflowError):
        return None
