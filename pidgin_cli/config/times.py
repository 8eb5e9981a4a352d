"""Times as people write them: lengths such as 90s or 3d, and instants."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

UNITS = {"ms": 0.001, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
"""Seconds of each unit."""

_PART = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?) ?(ms|min|[smhdw])")
_LENGTH = re.compile(rf"{_PART.pattern}(?: ?{_PART.pattern})*")
_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_FAR = 1e11
"""Seconds well within the calendar."""


def parse_duration(text: str) -> float:
    """Give the seconds of `90s`, `2h`, `1h30m` or `3d`; a number without a unit is seconds.

    Raises:
        ValueError: the text is no length of time.
    """
    if _SECONDS.fullmatch(text):
        return float(text)
    if not _LENGTH.fullmatch(text):
        raise ValueError(text)
    return sum(float(number) * UNITS[unit] for number, unit in _PART.findall(text))


def parse_instant(text: str, now: float) -> float:
    """Give the Unix seconds of a time: `2h` before now, RFC 3339, a date, or Unix seconds.

    What names no zone is UTC.

    Args:
        now: Unix seconds from which lengths of time count back.

    Raises:
        ValueError: the text is no time.
    """
    if _SECONDS.fullmatch(text):
        return float(text)
    if _LENGTH.fullmatch(text):
        return now - parse_duration(text)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def instant(timestamp: float) -> str:
    """Give Unix seconds as programs read them, in UTC: RFC 3339 with microseconds.

    Past the calendar, their number is given.
    """
    if 0 <= timestamp < _FAR:
        second = int(timestamp)
        micros = round((timestamp - second) * 1_000_000)
        if micros < 1_000_000:
            return f"{_to_the_second(second)}.{micros:06d}Z"
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, OSError, ValueError):
        return f"{timestamp!r} s"
    return f"{moment.isoformat(timespec='microseconds').removesuffix('+00:00')}Z"


def instants(timestamps: Iterable[float | None]) -> list[str]:
    """Give each of many Unix seconds as `instant` does, "" for None.

    It is quick where they lie together, for those of one second begin alike.
    """
    second, next_one, layout = 0, 0, ""
    shown: list[str] = []
    for timestamp in timestamps:
        if timestamp is None:
            shown.append("")
            continue
        if not second <= timestamp < next_one:
            if not 0 <= timestamp < _FAR:
                shown.append(instant(timestamp))
                continue
            second = int(timestamp)
            next_one, layout = second + 1, f"{_to_the_second(second)}.%06dZ"
        micros = round((timestamp - second) * 1_000_000)
        shown.append(layout % micros if micros < 1_000_000 else instant(timestamp))
    return shown


@lru_cache(maxsize=16)
def _to_the_second(second: int) -> str:
    """Give the beginning of an instant, which is that of many: those of a table lie together."""
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


def formatted(timestamp: float, layout: str) -> str:
    """Give Unix seconds in a layout of strftime, in UTC; past the calendar, their number."""
    try:
        return datetime.fromtimestamp(timestamp, UTC).strftime(layout)
    except (OverflowError, OSError, ValueError):
        return f"{timestamp!r} s"
