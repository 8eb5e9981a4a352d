"""What the headers of Anthropic's answers say of the limits of an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pidgin_cli.providers.base import NEAR_LIMIT, RateLimited

_PREFIX = "anthropic-ratelimit-"
_LIMITED = ("requests", "tokens", "input-tokens", "output-tokens")


def near_limits(headers: Mapping[str, str], now: Callable[[], float]) -> RateLimited | None:
    """Give a warning where a limit is near, else None.

    It holds all limits that the headers tell. It names a time to wait only where nothing is left.

    Args:
        headers: with names in lower case.
        now: Unix seconds.
    """
    told = {name: limit for name in _LIMITED if (limit := _limit(headers, name))}
    near = {name: limit for name, limit in told.items() if _is_near(limit)}
    if not near:
        return None
    left = ", ".join(
        f"{limit['remaining']} of {limit['limit']} {name.replace('-', ' ')}"
        for name, limit in near.items()
    )
    waits = [
        _seconds_until(limit["reset"], now)
        for limit in near.values()
        if limit["remaining"] == 0 and "reset" in limit
    ]
    longest = max((wait for wait in waits if wait is not None), default=None)
    return RateLimited(f"left of the rate limit: {left}", longest, told)


def _limit(headers: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """Give limit, remaining and reset of one of the limits, None where it is not told."""
    most = _number(headers.get(f"{_PREFIX}{name}-limit"))
    remaining = _number(headers.get(f"{_PREFIX}{name}-remaining"))
    if most is None or remaining is None:
        return None
    limit: dict[str, Any] = {"limit": most, "remaining": remaining}
    reset = headers.get(f"{_PREFIX}{name}-reset")
    return limit if reset is None else {**limit, "reset": reset}


def _is_near(limit: Mapping[str, Any]) -> bool:
    return bool(limit["remaining"] == 0 or limit["remaining"] < NEAR_LIMIT * limit["limit"])


def _number(written: str | None) -> int | None:
    if written is None or not written.isdecimal() or len(written) > 18:
        return None
    return int(written)


def _seconds_until(moment: str, now: Callable[[], float]) -> float | None:
    """Give the seconds until a moment of RFC 3339, None where it is none."""
    try:
        until = datetime.fromisoformat(moment)
        aware = until if until.tzinfo else until.replace(tzinfo=UTC)
        return round(max(aware.timestamp() - now(), 0.0), 3)
    except (ValueError, OverflowError):
        return None
