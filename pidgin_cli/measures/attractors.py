"""Attractors: every pattern of structure that a conversation can be seen to be caught in."""

from __future__ import annotations

from collections.abc import Sequence

from pidgin_cli.measures.alternation import alternation
from pidgin_cli.measures.attractor import Attractor, Remark, Search
from pidgin_cli.measures.emoji import emoji_collapse
from pidgin_cli.measures.gratitude import gratitude
from pidgin_cli.measures.loop import loop
from pidgin_cli.measures.shrinking import shrinking

ATTRACTORS_VERSION = 1
"""Raised whenever the same messages would give other attractors."""

SEARCHES: tuple[Search, ...] = (gratitude, emoji_collapse, loop, alternation, shrinking)
"""In the order in which their attractors are given."""

FEWEST = 2
"""Once is no repetition, so a lower threshold counts as this."""


def attractors(remarks: Sequence[Remark], *, threshold: int) -> list[Attractor]:
    """Give the attractors that the last of these remarks is in, at most one of each kind.

    A pattern that was left again is none. A loop also has the shapes of an alternation, and is
    given as a loop only. Takes time in proportion to the texts and holds their counts.

    Args:
        remarks: in the order in which they were said, those of one turn together.
        threshold: repetitions (turns or rounds) that make a pattern an attractor.
    """
    found = [search(remarks, max(threshold, FEWEST)) for search in SEARCHES]
    kinds = {attractor.kind for attractor in found if attractor}
    hidden = {"alternation"} if "loop" in kinds else set()
    return [attractor for attractor in found if attractor and attractor.kind not in hidden]
