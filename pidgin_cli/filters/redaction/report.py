"""What was redacted, by kind, field and reason, in numbers: never a word of what stood there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from pidgin_cli.filters.redaction.allowed import ALLOWED

OTHER = "other"
"""Kinds that are not known: their names may be text."""


class Place(NamedTuple):
    """Where an event stands: the name of its log, and the number of its line."""

    source: str
    line: int


class Report:
    """Counts what is redacted as it is redacted.

    `place` is that of the event under way, where whoever feeds the redaction says it.
    """

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.place: Place | None = None

    def add(
        self, kind: str, field: str, reason: str, count: int = 1, place: Place | None = None
    ) -> None:
        """Take in that a field was redacted.

        Args:
            field: its path, in words of the schema alone; `*` for a key that is none.
            reason: what it was, such as content, model, or the name of a pattern.
            place: of its event, where that is an earlier one than the one under way.
        """
        self.counts[kind if kind in ALLOWED else OTHER, field, reason] += count

    def document(self, options: Mapping[str, bool], fingerprint: str) -> dict[str, Any]:
        """Give the report as it is written down.

        Args:
            options: which parts of the redaction were asked for.
            fingerprint: of the key.
        """
        rows = [
            {"kind": kind, "field": field, "reason": reason, "count": count}
            for (kind, field, reason), count in sorted(self.counts.items())
        ]
        return {
            "options": dict(options),
            "key_fingerprint": fingerprint,
            "redacted": rows,
            "total": sum(self.counts.values()),
        }


class Finding(NamedTuple):
    """Something that would be redacted."""

    place: Place
    kind: str
    field: str
    reason: str

    def __str__(self) -> str:
        """Say it in one line for a person."""
        source, line = self.place
        return f"{source}: line {line}: {self.kind}: {self.field}: {self.reason}"


class Findings(Report):
    """Counts, and keeps where each thing was found until somebody takes that; once for a field."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place: Place = place
        self._found: dict[Finding, None] = {}

    def add(
        self, kind: str, field: str, reason: str, count: int = 1, place: Place | None = None
    ) -> None:
        """Take in that a field would be redacted."""
        super().add(kind, field, reason, count)
        shown = kind if kind in ALLOWED else OTHER
        self._found[Finding(place or self.place, shown, field, reason)] = None

    def take(self) -> list[Finding]:
        """Give what has been found since the last time, in the order in which it was."""
        found, self._found = self._found, {}
        return list(found)
