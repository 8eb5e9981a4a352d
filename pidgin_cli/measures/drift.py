"""Drift: how an agent's messages grow or shrink against those it said before."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pidgin_cli.measures.precision import rounded


def length_drift(length: int, before: Sequence[int]) -> float:
    """Give how much longer a message is than the messages of the same agent before it.

    Range: any number, four decimals: 0 is as long as usual, 1 twice, -1 half as long; 0 where
    nothing was said before.
    Formula: log₂((n + 1) / (m + 1)), where n is the words of the message, and m the mean over
    those before.
    Source: pidgin's own; a log ratio, as is usual where growing and shrinking count alike.
    """
    if not before:
        return 0.0
    usual = sum(before) / len(before)
    return rounded(math.log2((length + 1) / (usual + 1)))
