"""Precision: how exactly all measures are given, so that they can be compared and written down."""

from __future__ import annotations

DECIMALS = 4
"""More of them would say nothing of a text, and differ from one platform to the next."""


def rounded(figure: float) -> float:
    """Give a figure with the decimals that are recorded of it."""
    return round(figure, DECIMALS)
