"""What is wanted: the patterns that somebody typed or configured, before anything is compiled."""

from __future__ import annotations

from typing import NamedTuple


class PatternSettings(NamedTuple):
    """What is to be found.

    Args:
        literals: texts as they are.
        ignore_case: whether the case of the literals is of no matter.
        expressions: in the syntax of RE2.
        families: names from `FAMILIES`.
    """

    literals: tuple[str, ...] = ()
    ignore_case: bool = False
    expressions: tuple[str, ...] = ()
    families: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.literals or self.expressions or self.families)
