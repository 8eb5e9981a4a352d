"""What a look at one thing gives: how it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "note", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is.

    Args:
        check: what was looked at.
        level: ok; note: nothing needs to be done; warning: something may have to be; problem.
        detail: how it is.
        advice: what to do, "" where nothing is to be done.
    """

    check: str
    level: Level
    detail: str
    advice: str = ""
