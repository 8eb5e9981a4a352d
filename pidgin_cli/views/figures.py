"""Times, sums and values as people read them, the same in every time zone and locale."""

from __future__ import annotations

import math
from typing import Any

from pidgin_cli.config.times import formatted
from pidgin_cli.events.codec import encode_value
from pidgin_cli.views.visible import one_line

_DAY = 86_400.0
_HEIGHTS = "▁▂▃▄▅▆▇█"


def moment(timestamp: float) -> str:
    """Give Unix seconds as date and time of day, in UTC."""
    return formatted(timestamp, "%Y-%m-%d %H:%M:%S UTC")


def time_of_day(timestamp: float) -> str:
    """Give Unix seconds as a time of day, in UTC."""
    return formatted(timestamp, "%H:%M:%SZ")


def seconds(value: float) -> str:
    """Give a length of time: `1.2 s`, `2 min 05 s`, `3 h 07 min`."""
    if value < 59.95:
        return f"{value:.1f} s" if value > -_DAY else f"{value:.3g} s"
    if not value < 1000 * _DAY:
        return f"{value:.3g} s"
    if value < 3599.5:
        return f"{round(value) // 60} min {round(value) % 60:02d} s"
    minutes = round(value / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def tick(value: float) -> str:
    """Give a length of time as an axis names it, as short as it can be: `5 ms`, `2 min 05 s`."""
    if 0 < abs(value) < 0.1:
        return f"{1000 * value:.3g} ms"
    return f"{value:.3g} s" if abs(value) < 60 else seconds(value)


def share(value: float) -> str:
    """Give a figure between 0 and 1 with two decimals, and any other as it is."""
    return f"{value:.2f}" if abs(value) < 1000 else f"{value:.3g}"


def bar(score: float) -> str:
    """Give a figure between 0 and 1 as one bar of a line, an eighth high at least."""
    return _HEIGHTS[round(min(max(score, 0.0), 1.0) * (len(_HEIGHTS) - 1))]


def dollars(cost: float | None) -> str:
    """Give a sum of money; None is one that is not known."""
    if cost is None:
        return "not known"
    if not math.isfinite(cost) or abs(cost) >= 1e12:
        return f"${cost:.3g}"
    return f"${cost:.2f}" if cost == 0 or abs(cost) >= 1 else f"${cost:.4f}"


def counted(number: int, noun: str) -> str:
    """Give a number with its noun: `1 turn`, `2 turns`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def shortened(text: str, limit: int = 60) -> str:
    """Give the beginning of a text on one line, with an ellipsis where something is missing."""
    line = one_line(text[: 4 * limit])
    whole = len(text) <= 4 * limit and len(line) <= limit
    return line if whole else f"{line[:limit].rstrip()}…"


def compact(value: Any) -> str:
    """Give any value of JSON as text on one line."""
    return encode_value(value).decode()
