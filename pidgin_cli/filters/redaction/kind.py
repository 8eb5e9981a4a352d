"""Kind: one row of a family, with what makes it quick to rule out and sure to be meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that is looked for.

    Args:
        name: as a report names it.
        source: its expression; where it has a group `secret`, only that is redacted.
        words: in lower case; one of them stands in whatever matches. Empty if there are none.
        near: an expression without assertions that finds a place in whatever matches, quicker
            than the words do.
        holds: what else must be true of what is redacted.
    """

    name: str
    source: str
    words: tuple[str, ...] = ()
    near: str = ""
    holds: Callable[[str], bool] | None = None

    @property
    def hint(self) -> str:
        """Give the expression that is looked for first."""
        return self.near or f"(?i:{'|'.join(map(re.escape, self.words))})"
