"""What was redacted, by kind, field and reason, in numbers: never a word of what stood there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pidgin_cli.filters.redaction.allowed import ALLOWED

OTHER = "other"
"""Kinds that are not known: their names may be text."""


class Report:
    """Counts what is redacted as it is redacted."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, kind: str, field: str, reason: str, count: int = 1) -> None:
        """Take in that a field was redacted.

        Args:
            field: its path, in words of the schema alone; `*` for a key that is none.
            reason: what it was, such as content, model, or the name of a pattern.
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
