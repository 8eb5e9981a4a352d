"""The rate limits that OpenAI and the services that speak like it write into their headers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from pidgin_cli.providers.base import NEAR_LIMIT, RateLimited

_SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|[smhd])")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")


def rate_limit(headers: Mapping[str, str]) -> RateLimited | None:
    """Give a warning where less than 5 % is left of the requests or of the tokens.

    It names a time to wait only where nothing is left.

    Args:
        headers: with names in lower case.
    """
    limits = {what: _limit(headers, what) for what in ("requests", "tokens")}
    near = {what: limit for what, limit in limits.items() if _is_near(limit)}
    if not near:
        return None
    resets = [
        limit["reset_in"]
        for limit in near.values()
        if limit["remaining"] <= 0 and "reset_in" in limit
    ]
    left = " and ".join(
        f"{limit['remaining']} of {limit['limit']} {what}" for what, limit in near.items()
    )
    return RateLimited(
        f"{left} left",
        max(resets, default=None),
        {what: limit for what, limit in limits.items() if limit},
    )


def duration(written: str) -> float | None:
    """Give the seconds of a duration such as 6m0s, 12ms or 7.66; None where it is none."""
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", written, re.ASCII):
        seconds = float(written)
    elif _DURATION.fullmatch(written):
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(written))
    else:
        return None
    return round(seconds, 3) if math.isfinite(seconds) else None


def _limit(headers: Mapping[str, str], what: str) -> dict[str, Any]:
    limit: dict[str, Any] = {}
    for name in ("limit", "remaining"):
        written = headers.get(f"x-ratelimit-{name}-{what}", "").strip()
        if written.isascii() and written.isdecimal() and len(written) < 19:
            limit[name] = int(written)
    reset_in = duration(headers.get(f"x-ratelimit-reset-{what}", "").strip())
    if reset_in is not None:
        limit["reset_in"] = reset_in
    return limit


def _is_near(limit: Mapping[str, Any]) -> bool:
    if limit.get("limit", 0) <= 0 or "remaining" not in limit:
        return False
    return bool(limit["remaining"] < limit["limit"] * NEAR_LIMIT)
