"""The digest that a log carries of itself: what was written before the line that holds it."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from pidgin_cli.events.kind import Draft

SEALED = frozenset({"checkpoint.saved", "experiment.completed", "experiment.failed"})
"""Kinds that say how many lines stand before them and what those lines hash to."""


class Seal:
    """Running count and SHA-256 of the lines of one experiment, in the order of the log."""

    __slots__ = ("_hash", "events")

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.events = 0

    @property
    def digest(self) -> str:
        """`sha256:` and the hash of every byte so far, in hex digits."""
        return f"sha256:{self._hash.hexdigest()}"

    def add(self, lines: bytes, count: int = 1) -> None:
        """Take in one whole line, newline included, or so many of them together."""
        self._hash.update(lines)
        self.events += count

    def sealed(self, draft: Draft) -> Draft:
        """Give the draft, with count and digest filled in where its kind carries them."""
        if draft.type not in SEALED:
            return draft
        data = {**draft.data, "events": self.events, "digest": self.digest}
        return replace(draft, data=data)
