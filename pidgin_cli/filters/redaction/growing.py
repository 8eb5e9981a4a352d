"""Growing: a text that comes in pieces, let go as far as nothing to come can change it."""

from __future__ import annotations

from collections import Counter

from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.patterns import Matcher

LONGEST = 4096
"""Characters: as long as what may be a match may grow before it is redacted whole."""

_CONTEXT = 32  # characters: one, and as many as that may be written in, escaped and escaped again


class Growing:
    """One text on its way through a matcher.

    What it gives, joined, is the text redacted. It differs from the whole redacted at once only
    where something that might have become a match grew past `LONGEST` characters: that is redacted
    as far as it goes, and counted as `long`. Of anything else it holds at most `LONGEST` characters
    and one piece.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.counts: Counter[str] = Counter()
        self._before = ""  # the last of what was let go, on which the border of a word depends
        self._held = ""
        self._swallowed = 0  # characters of what is too long when it was last looked at

    @property
    def held(self) -> int:
        """Give the number of characters that are held back."""
        return len(self._held)

    def feed(self, piece: str) -> str:
        """Take in the next piece; give what may go, which may be nothing."""
        self._held += piece
        if self._swallowed and not self._spat_out():
            return ""
        let_go = self._let_go(self._safe(len(self._held)))
        if len(self._held) <= LONGEST:
            return let_go
        self._swallowed = len(self._held)
        self._before = REDACTED
        self.counts["long"] += 1
        return let_go + REDACTED

    def finish(self) -> str:
        """Give the rest: no more will come."""
        if self._swallowed and not self._spat_out(last=True):
            self._held, self._swallowed = "", 0
        return self._let_go(len(self._held))

    def _spat_out(self, last: bool = False) -> bool:
        """Look whether what is too long is at its end, and drop it if it is.

        It is looked at again when it has grown by a quarter: linear in the end.
        """
        if len(self._held) < self._swallowed * 1.25 and not last:
            return False
        alive, dead = self._swallowed, len(self._held)
        if not self._safe(dead):
            self._swallowed = dead
            return False
        while dead - alive > 1:
            middle = (alive + dead) // 2
            alive, dead = (alive, middle) if self._safe(middle) else (middle, dead)
        self._held, self._swallowed = self._held[alive:], 0
        return True

    def _safe(self, length: int) -> int:
        """Give how much of the first characters that are held is settled, were there no others."""
        text = self._before + self._held[:length]
        return max(self._matcher.safe_prefix(text) - len(self._before), 0)

    def _let_go(self, length: int) -> str:
        let_go, self._held, counts = self._matcher.settle(self._before, self._held, length)
        if counts:
            self.counts += counts
        self._before = (self._before + let_go)[-_CONTEXT:]
        return let_go
