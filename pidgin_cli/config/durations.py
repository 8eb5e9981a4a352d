"""Lengths of time as people write them."""

from __future__ import annotations

import re

UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
"""Seconds of each unit."""

_DURATION = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:min|[smhd]))+")
_PART = re.compile(r"([0-9.]+)([a-z]+)")


def parse_duration(text: str) -> float:
    """Give the seconds of `90`, `90s`, `30m`, `2h`, `1h30m` or `3d`.

    Raises:
        ValueError: the text is no length of time.
    """
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return float(text)
    if _DURATION.fullmatch(text) is None:
        raise ValueError(text)
    return sum(float(number) * UNITS[unit] for number, unit in _PART.findall(text))
