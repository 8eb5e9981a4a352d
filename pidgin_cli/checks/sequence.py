"""Sequence: whether ids and times of the events of an experiment go on as they were written."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pidgin_cli.checks.finding import Finding, Line

_OURS = re.compile(r"([0-9a-f]{16})-([0-9]{6,18})")


class Times:
    """Sees that timestamps never go back."""

    def __init__(self) -> None:
        self._last = float("-inf")

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and say whether its time goes back."""
        if line.event is None:
            return ()
        last, now = self._last, line.event.timestamp
        self._last = max(last, now)
        if now >= last:
            return ()
        return [Finding.at(line, "time", f"its time goes back by {last - now:.6f} seconds")]

    def finish(self) -> Iterable[Finding]:
        """Give nothing: time may end anywhere."""
        return ()


class Ids:
    """Sees that no id comes twice and, in a whole log, that none of a writer's is missing.

    Of ids that pidgin made, only the last one of each writer is held; of others, a number each.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._next: dict[str, int] = {}
        self._seen: set[int] = set()

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and give what is wrong with its id."""
        if line.event is None or not line.event.id:
            return ()
        match = _OURS.fullmatch(line.event.id)
        if match is None:
            return self._foreign(line, line.event.id)
        writer, count = match[1], int(match[2])
        expected = self._next.get(writer, 0)
        self._next[writer] = max(expected, count + 1)
        if count < expected:
            return [Finding.at(line, "duplicate", "its id came before, or was passed over")]
        if count > expected and self._whole:
            missing = count - expected
            events = "one event is" if missing == 1 else f"{missing} events are"
            return [Finding.at(line, "gap", f"{events} missing before it")]
        return ()

    def finish(self) -> Iterable[Finding]:
        """Give nothing: what is missing at the end cannot be seen from ids."""
        return ()

    def _foreign(self, line: Line, event_id: str) -> Iterable[Finding]:
        # Ids themselves would take several times the memory.
        number = hash(event_id)
        if number in self._seen:
            return [Finding.at(line, "duplicate", "its id came before")]
        self._seen.add(number)
        return ()
