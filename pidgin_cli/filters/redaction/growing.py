"""Growing: a text that comes in pieces, let go as far as nothing to come can change it."""

from __future__ import annotations

from collections import Counter

from pidgin_cli.filters.redaction.patterns import Matcher
from pidgin_cli.filters.redaction.spans import MARKER

LONGEST = 4096
"""Characters: as long as what may be a match may grow before it is redacted whole."""

_CONTEXT = 32  # characters: one, and as many as that may be written in, escaped and escaped again


class Growing:
    """One text on its way through a matcher.

    What it gives, joined, is the text redacted. It differs from the whole redacted at once only
    where something that might have become a match grew past `LONGEST` characters: that is redacted
    as far as it goes. It holds at most `LONGEST` characters and one piece, but for such a one.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.counts: Counter[str] = Counter()
        self._before = ""  # the last of what was let go, on which the border of a word depends
        self._held = ""
        self._swallowed = (
            0  # characters held when it was last looked at; 0 when nothing is too long
        )

    @property
    def held(self) -> int:
        """Give the number of characters that are held back."""
        return len(self._held)

    def feed(self, piece: str) -> str:
        """Take in the next piece; give what may go, which may be nothing."""
        self._held += piece
        # What is too long is looked at again when it has grown by a quarter: linear in the end.
        if self._swallowed and len(self._held) < self._swallowed * 1.25:
            return ""
        safe = self._matcher.safe_prefix(self._before + self._held) - len(self._before)
        if self._swallowed:
            return self._swallow(safe)
        let_go = self._let_go(max(safe, 0))
        if len(self._held) <= LONGEST:
            return let_go
        self._swallowed = len(self._held)
        self._before = MARKER
        return let_go + MARKER

    def finish(self) -> str:
        """Give the rest: no more will come."""
        if self._swallowed:
            self._held, self._swallowed = "", 0
            return ""
        return self._let_go(len(self._held))

    def _swallow(self, safe: int) -> str:
        if safe <= 0:
            self._swallowed = len(self._held)
            return ""
        self._held, self._swallowed = self._held[safe:], 0
        return ""

    def _let_go(self, length: int) -> str:
        let_go, self._held, counts = self._matcher.settle(self._before, self._held, length)
        self.counts += counts
        self._before = (self._before + let_go)[-_CONTEXT:]
        return let_go
