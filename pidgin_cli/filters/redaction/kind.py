"""Kind: one row of a family, with what makes it quick to rule out and sure to be meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Check = Callable[[str], bool]


class Kind(NamedTuple):
    """One kind of thing that is looked for.

    Args:
        name: as a report names it.
        source: its expression; where it has a group `secret`, only that is redacted, and what
            matches without the group is passed over: a version that looks like an address.
        words: in lower case; one of them stands in whatever matches. Empty if there are none.
        near: an expression that finds a place in whatever matches; the words if it is left out.
        holds: what else must be true of what is redacted.
    """

    name: str
    source: str
    words: tuple[str, ...] = ()
    near: str = ""
    holds: Check | None = None

    @property
    def hint(self) -> str:
        """Give the expression that is looked for first."""
        return self.near or f"(?i:{'|'.join(map(re.escape, self.words))})"


def token(
    name: str, prefix: str, rest: str, *words: str, before: str = "", holds: Check | None = None
) -> Kind:
    """Give the kind of a key that begins in its own way.

    Args:
        prefix: an expression; its own word where no other is given.
        before: an expression for what stands before the key and stays.
    """
    source = f"{before}(?P<secret>{prefix}{rest})" if before else prefix + rest
    return Kind(name, source, words or (prefix.lower(),), prefix, holds)
