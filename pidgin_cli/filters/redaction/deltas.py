"""Deltas: the text of a response in pieces, redacted as one text, each piece in its own event."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from pidgin_cli.events.codec import encode_value
from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.models import Naming
from pidgin_cli.filters.redaction.rules import NoMatcher, Redacted, Rules

if TYPE_CHECKING:
    from pidgin_cli.filters.redaction.growing import Growing
    from pidgin_cli.filters.redaction.report import Place

LONGEST = 4096
"""Characters up to which a text can be looked at as a whole: nothing in it can be too long."""
_LARGEST = 1 << 22
"""Characters of a text up to which it is kept, so that its content is known again."""


class Held:
    """An event whose piece of text is not settled yet; `line` is there once it is.

    Args:
        before, after: its line around the JSON of the piece.
        place: where it stands, if that is asked for.
    """

    __slots__ = ("_after", "_before", "line", "place", "text")

    def __init__(self, before: bytes, text: str, after: bytes, place: Place | None = None) -> None:
        self._before = before
        self._after = after
        self.text = text
        self.place = place
        self.line: bytes | None = None

    @property
    def size(self) -> int:
        """Give about how many bytes it has."""
        return len(self._before) + len(self.text) + len(self._after)

    def settle(self, text: str) -> None:
        """Let the event go with this text."""
        self.line = self._before + encode_value(text) + self._after


class Response:
    """A response under way.

    A piece keeps its place, but for an end that may yet become something that is to go: that moves
    on to the next event. Behind the first thing that was redacted all text goes as it comes.
    Once it is `cut_off`, nothing of what comes is shown.
    """

    __slots__ = (
        "_fed",
        "_flow",
        "_given",
        "_held",
        "_kept",
        "_length",
        "_pending",
        "_places",
        "_ready",
        "_rules",
        "_texts",
        "cut_off",
    )

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.cut_off = False
        self._texts: list[str] = []
        self._places: list[Place] = []  # of the texts, where they are asked for
        self._length = 0
        self._kept = True  # whether the texts are; those of a very long one are not
        self._held: list[Held] = []
        self._fed = 0  # of the held events, how many have been looked at
        self._flow: Flow | None = None
        self._given: list[str] = []
        self._ready = ""  # let go, and not yet in an event
        self._pending: str | None = ""  # not let go; None once something was redacted

    def add(self, held: Held) -> None:
        """Take in the next event."""
        if self.cut_off:
            held.settle(REDACTED)
            return
        self._held.append(held)
        if self._kept:
            self._length += len(held.text)
            self._texts.append(held.text)
            if held.place is not None:
                self._places.append(held.place)

    def settle(self) -> None:
        """Let all events go but the newest."""
        flow = self._flow = self._flow or Flow(self._rules)
        for held in self._held[self._fed :]:
            self._feed(flow, held)
        del self._held[:-1]
        self._fed = len(self._held)
        if self._length > _LARGEST:
            self._forget()

    def cut(self) -> None:
        """Let all events go: what of the text is not sure to be harmless goes whole."""
        self.settle()
        if self._held:
            self._held.pop().settle(self._ready + REDACTED)
        self._forget()
        self.cut_off = True

    def finish(self) -> tuple[str, Redacted]:
        """Let all events go; give the whole text as it came, and what became of it.

        Both are empty where that was too long to be kept.
        """
        text = "".join(self._texts)
        if self._flow is None and len(text) <= LONGEST:
            redacted = self._rules.text(text)
            if redacted.text == text:
                for held in self._held:
                    held.settle(held.text)
                return text, redacted
        self.settle()
        if self._flow is None:
            return text, Redacted(text, Counter())
        if self._held:
            self._let_go(self._held.pop(), self._ready + self._flow.finish())
        given = "".join(self._given)
        reasons = self._flow.counts or Counter({"long": int(given != text)})
        return text, Redacted(given, +reasons)

    def places(self, text: str, redacted: Redacted) -> dict[str, Place]:
        """Give where each reason begins to hold, as far as that is asked for and known.

        Args:
            text: as `finish` gave it, with what became of it.
        """
        if not self._places or not text:
            return {}
        ends = list(accumulate(map(len, self._texts)))
        # What is no pattern, such as a model's name, begins where the text changes.
        changed = _alike(text, redacted.text)
        begins = dict.fromkeys(redacted.reasons, changed)
        begins |= {span.name: span.start for span in reversed(self._rules.matcher.spans(text))}
        return {
            reason: self._places[bisect_right(ends, min(begin, len(text) - 1))]
            for reason, begin in begins.items()
        }

    def _forget(self) -> None:
        self._texts.clear()
        self._places.clear()
        self._given.clear()
        self._kept = False

    def _feed(self, flow: Flow, held: Held) -> None:
        gone = flow.feed(held.text)
        if self._pending is not None:
            self._pending += held.text
            same = self._pending.startswith(gone)
            self._pending = self._pending[len(gone) :] if same else None
        previous = self._held[self._fed - 1] if self._fed else None
        self._fed += 1
        if self._pending is not None:
            # What is ready and what is pending end where this event's own text ends.
            self._ready += gone
            kept = min(len(held.text), len(self._ready) + len(self._pending))
            settled = max(0, len(self._ready) + len(self._pending) - kept)
            settled = min(settled, len(self._ready))
        else:
            settled = len(self._ready)
            self._ready += gone
        if previous is not None:
            self._let_go(previous, self._ready[:settled])
            self._ready = self._ready[settled:]

    def _let_go(self, held: Held, text: str) -> None:
        if self._kept:
            self._given.append(text)
        held.settle(text)


def _alike(text: str, other: str) -> int:
    """Give how many characters two texts begin with that are the same."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((at for at, (one, another) in pairs if one != another), min(len(text), len(other)))


class Flow:
    """One text on its way through all that is looked for: patterns, names, and patterns again."""

    __slots__ = ("_naming", "_patterns", "_stages")

    def __init__(self, rules: Rules) -> None:
        self._patterns: list[Growing] = []
        self._stages: list[Growing | Naming] = []
        self._look_for_patterns(rules)
        self._naming = Naming(rules.models) if rules.hash_models else None
        if self._naming is not None:
            self._stages.append(self._naming)
            # A pseudonym may be what a pattern is looking for.
            self._look_for_patterns(rules)

    def _look_for_patterns(self, rules: Rules) -> None:
        if isinstance(rules.matcher, NoMatcher):
            return
        from pidgin_cli.filters.redaction.growing import Growing

        self._patterns.append(Growing(rules.matcher))
        self._stages.append(self._patterns[-1])

    def feed(self, piece: str) -> str:
        """Take in the next piece; give what may go."""
        for stage in self._stages:
            piece = stage.feed(piece) if piece else ""
        return piece

    def finish(self) -> str:
        """Give the rest."""
        piece = ""
        for stage in self._stages:
            piece = (stage.feed(piece) if piece else "") + stage.finish()
        return piece

    @property
    def counts(self) -> Counter[str]:
        """What was redacted, by reason."""
        counts: Counter[str] = Counter()
        for stage in self._patterns:
            counts += stage.counts
        if self._naming is not None and self._naming.named:
            counts["model"] += self._naming.named
        return counts
