"""Payloads: an event's data, walked along the allow-list; nothing is in the result unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.allowed import ALLOWED
from pidgin_cli.filters.redaction.passages import STREAMING
from pidgin_cli.filters.redaction.report import Report
from pidgin_cli.filters.redaction.rules import Redacted, Rules
from pidgin_cli.filters.redaction.shapes import (
    COUNT,
    LARGEST,
    Each,
    Fields,
    Names,
    Plain,
    Role,
    Shape,
    Tree,
)

_DEEPEST = 100
"""Levels below which nothing is looked at, and nothing is let through."""

_BY_KEY: Mapping[str, Role] = {
    "agent_id": Role.AGENT,
    "copied_from": Role.EVENT,
    "experiment_id": Role.EXPERIMENT,
    "model": Role.MODEL,
    "provider": Role.PROVIDER,
    "request_id": Role.REQUEST,
    "served_model": Role.MODEL,
}
"""What a string is under a key of this name, wherever the key stands."""

_BESIDE = ("content_length", "content_hash")
"""Keys that an earlier redaction may have put beside a message."""

_NO_FIELDS = Fields({})


class Payloads:
    """Redacts payloads by the allow-list.

    Where all content goes, only what is listed stays. Otherwise everything stays that has no
    pattern in it, and the list says which words are the schema's own.
    """

    def __init__(self, rules: Rules, report: Report) -> None:
        self._rules = rules
        self._report = report
        self._strict = rules.content
        self._looks = rules.hash_models or not rules.matcher.nothing
        self._kind = ""
        self._pieces = False

    def redacted(self, kind: str, data: Mapping[str, Any], *, known: bool) -> dict[str, Any]:
        """Give the payload as it may be seen.

        Args:
            known: whether the version of the event is one whose meaning is known.
        """
        self._kind = kind
        # What is looked for may be cut in two by these, and nothing says how they are joined.
        self._pieces = self._looks and (
            kind == STREAMING or isinstance(data.get("delta"), str | dict | list)
        )
        if known and self._strict and isinstance(data.get("delta"), str):
            data = {**data, "delta": self._piece(kind, data)}
        return self._fields(ALLOWED.get(kind, _NO_FIELDS) if known else _NO_FIELDS, data, "data")

    def extras(self, kind: str, extra: Mapping[str, Any]) -> dict[str, Any]:
        """Give the further keys of the envelope as they may be seen."""
        self._kind, self._pieces = kind, False
        shape = Fields({"copied_from": Role.EVENT})
        return self._fields(shape, extra, "*") if extra else {}

    def string(self, kind: str, role: Role, text: str, field: str) -> str:
        """Give what stands in the place of a string, and count it."""
        self._kind = kind
        return self._said(self._rules.string(role, text), field)

    def _piece(self, kind: str, data: Mapping[str, Any]) -> str:
        """Give what stands in a delta's place, so that all deltas joined are one marker."""
        index = data.get("index")
        piece = "" if type(index) is int and index > 0 else REDACTED
        if kind == STREAMING and data["delta"] != piece:
            self._count("data.delta", "content")
        return piece

    def _piece_of_text(self, text: str, field: str) -> str:
        """Give what stands in the place of a piece of a text that is not known as a whole."""
        if not text or text == REDACTED:
            return text
        self._count(field, "piece")
        return REDACTED

    def _shaped(self, shape: Shape, value: Any, field: str) -> Any:
        match shape:
            case Plain() if shape.admits(value):
                return value
            case Role.SIZE:
                return self._size(value, field)
            case Role.RESPONSE | Role.INDEX if COUNT.admits(value):
                return value
            case Plain() | Role.RESPONSE | Role.INDEX if _is_number(value):
                return self._number(value, field)
            case Role.DELTA if isinstance(value, str):
                # Deltas are one text, which is redacted as a whole.
                return value
            case Role() if isinstance(value, str):
                return self._said(self._rules.string(shape, value), field)
            case Each() if isinstance(value, list):
                return [self._shaped(shape.shape, item, field) for item in value]
            case Fields() if isinstance(value, dict):
                return self._fields(shape, value, field)
            case Names() if self._strict and isinstance(value, dict):
                return self._names(value, field)
            case Tree() if shape.admits(value):
                return value
            case Tree() if self._strict and isinstance(value, dict):
                return self._tree(shape, value, field, 0)
        return self._foreign(value, field)

    def _fields(self, shape: Fields, data: Mapping[str, Any], field: str) -> dict[str, Any]:
        shapes = shape.shapes
        result: dict[str, Any] = {}
        for key, value in data.items():
            if key in shapes:
                result[key] = self._shaped(shapes[key], value, f"{field}.{key}")
                if shapes[key] is Role.MESSAGE:
                    result |= self._attestation(value, data)
            elif key not in _BESIDE or shapes.get("content") is not Role.MESSAGE:
                self._stranger(result, key, value, field)
        return result

    def _stranger(self, result: dict[str, Any], key: str, value: Any, field: str) -> None:
        """Take in a key that is not listed: drop it, or look through it and what it holds."""
        if self._strict:
            self._count(f"{field}.*", "content")
        else:
            shown = self._said(self._rules.text(key), f"{field}.*")
            result[shown] = self._anything(value, f"{field}.*", 0, _BY_KEY.get(key, Role.TEXT))

    def _foreign(self, value: Any, field: str) -> Any:
        """Give what stands in the place of a value that does not have the shape it should have."""
        if not self._strict:
            return self._anything(value, field, 0)
        if value is None or value == REDACTED:
            return value
        self._count(field, "content")
        return REDACTED

    def _anything(self, value: Any, field: str, depth: int, role: Role = Role.TEXT) -> Any:
        if isinstance(value, str):
            if self._pieces and role is Role.TEXT:
                return self._piece_of_text(value, field)
            return self._said(self._rules.string(role, value), field)
        if depth > _DEEPEST:
            self._count(field, "depth")
            return REDACTED
        if isinstance(value, dict):
            result: dict[str, Any] = {}
            for key, item in value.items():
                shown = self._said(self._rules.text(key), f"{field}.*")
                result[shown] = self._anything(item, field, depth + 1, _BY_KEY.get(key, Role.TEXT))
            return result
        if isinstance(value, list):
            return [self._anything(item, field, depth + 1) for item in value]
        if _is_number(value) and not -LARGEST < value < LARGEST:
            return self._number(value, field)
        return value

    def _names(self, value: dict[str, Any], field: str) -> dict[str, Any]:
        return {
            self._said(self._rules.label(key), field): self._said(
                self._rules.label(item if isinstance(item, str) else str(item)), field
            )
            for key, item in value.items()
        }

    def _tree(self, shape: Tree, value: Any, field: str, depth: int) -> Any:
        if isinstance(value, dict) and depth < _DEEPEST:
            result = {}
            for key, item in value.items():
                if shape.has(key):
                    result[key] = self._tree(shape, item, field, depth + 1)
                else:
                    self._count(field, "content")
            return result
        if shape.holds(value):
            return value
        return self._number(value, field) if _is_number(value) else self._foreign(value, field)

    def _number(self, value: float, field: str) -> float | None:
        """Give a number that is as large as a text, or null: a text would not be of its kind."""
        if not self._strict:
            found = self._rules.text(str(value))
            self._said(found, field)
            return None if found.reasons else value
        self._count(field, "content")
        return None

    def _size(self, value: Any, field: str) -> Any:
        if not self._strict:
            return value if type(value) is int else self._foreign(value, field)
        if value != 0 or type(value) is not int:
            self._count(field, "content")
        return 0

    def _attestation(self, content: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give length and hash of a message, which stand beside what is in its place."""
        if isinstance(content, str) and content != REDACTED:
            if not self._strict:
                return {}
            made = self._rules.hashes.tag("content", content)
            return {"content_length": len(content), "content_hash": made}
        earlier: dict[str, Any] = {}
        length: Any = data.get("content_length")
        tag: Any = data.get("content_hash")
        if type(length) is int and 0 <= length < LARGEST:
            earlier["content_length"] = length
        if isinstance(tag, str) and self._rules.hashes.made("content", tag):
            earlier["content_hash"] = tag
        return earlier

    def _said(self, redacted: Redacted, field: str) -> str:
        for reason, count in redacted.reasons.items():
            self._report.add(self._kind, field, reason, count)
        return redacted.text

    def _count(self, field: str, reason: str) -> None:
        self._report.add(self._kind, field, reason)


def _is_number(value: object) -> bool:
    return type(value) in (int, float)
