"""Sizes in bytes as people write them."""

from __future__ import annotations

import re

UNITS = {
    "b": 1,
    "k": 2**10,
    "m": 2**20,
    "g": 2**30,
    "t": 2**40,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
"""Bytes of each unit, its name in lower case. A bare letter is a power of 1,024, as sort, split
and journalctl have it."""

_SIZE = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,15}))? ?([A-Za-z]{1,3})")


def parse_size(text: str) -> int:
    """Give the bytes of `500MB`, `1.5 GB`, `2GiB` or `20G`, rounded down.

    Raises:
        ValueError: the text is no size, or names no unit.
    """
    match = _SIZE.fullmatch(text)
    if match is None or match[3].lower() not in UNITS:
        raise ValueError(text)
    decimals = match[2] or ""
    digits: str = match[1] + decimals
    divisor: int = 10 ** len(decimals)
    return int(digits) * UNITS[match[3].lower()] // divisor
