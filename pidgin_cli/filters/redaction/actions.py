"""Actions: what takes the place of a piece of a canonical line, by what it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson

from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.rules import Rules
from pidgin_cli.filters.redaction.shapes import INTEGER, Role, Tree

_MARKER = orjson.dumps(REDACTED)
_REMEMBERED = 10_000
_DELTA = re.compile(rb',"delta":"[^\n]*+')
"""A delta with the end of its line: digits alone stand before it, and nothing behind it."""
_CHARACTERS = re.compile(b'"chars":' + INTEGER)

Action = Callable[[bytes], bytes | None]
"""Gives what takes the place of a piece of JSON, or None where it stays."""


class UncommonError(Exception):
    """The line has to take the long way."""


def actions(rules: Rules) -> dict[Role, Action]:
    """Give the action of each role under these rules; without one, a piece stays as it is."""
    given: dict[Role, Action] = {
        # A request is named again when it ends.
        role: remembered(_string(rules, role))
        for role in (Role.MODEL, Role.PROVIDER, Role.REQUEST)
    }
    given[Role.FINGERPRINT] = lambda _: _MARKER
    if rules.content:
        given[Role.TEXT] = given[Role.DELTA] = lambda _: _MARKER
        given[Role.MESSAGE] = _attested(rules)
        given[Role.SIZE] = lambda _: b"0"
        given[Role.PIECES] = _without_text
    else:
        given[Role.TEXT] = given[Role.MESSAGE] = _string(rules, Role.TEXT)
    if not rules.matcher.nothing:
        given[Role.EVENT] = _event(rules)
    return given


def experiments(rules: Rules) -> Action:
    """Give what tells of an experiment's id whether it has to be replaced."""
    return remembered(_string(rules, Role.EXPERIMENT))


def admitted(tree: Tree) -> Action:
    """Give what lets an object of this shape stay.

    Raises:
        UncommonError: when it is called with another one, or one that is written in another way.
    """

    def given(raw: bytes) -> bytes | None:
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise UncommonError from None
        # Of a key that is there twice, the first would stay unseen.
        if not tree.admits(value) or orjson.dumps(value) != raw:
            raise UncommonError
        return None

    return remembered(given)


def remembered(action: Action) -> Action:
    """Give the action that remembers what it gave."""
    return _Remembered(action).__getitem__


class _Remembered(dict[bytes, bytes | None]):
    def __init__(self, action: Action) -> None:
        super().__init__()
        self._action = action

    def __missing__(self, raw: bytes) -> bytes | None:
        if len(self) >= _REMEMBERED:
            self.clear()
        given = self[raw] = self._action(raw)
        return given


def _string(rules: Rules, role: Role) -> Action:
    def given(raw: bytes) -> bytes | None:
        text = orjson.loads(raw)
        redacted = rules.string(role, text).text
        return None if redacted == text else orjson.dumps(redacted)

    return given


def _attested(rules: Rules) -> Action:
    def given(raw: bytes) -> bytes | None:
        text = orjson.loads(raw)
        if text == REDACTED:
            return None
        tag = rules.hashes.tag("content", text)
        return b'%b,"content_length":%d,"content_hash":"%b"' % (_MARKER, len(text), tag.encode())

    return given


def _event(rules: Rules) -> Action:
    whole = _string(rules, Role.EVENT)
    # The counter says nothing: one look for each writer is enough.
    suspect = remembered(lambda writer: writer if rules.matcher.spans(writer.decode()) else None)

    def given(raw: bytes) -> bytes | None:
        return None if suspect(raw[1:17]) is None else whole(raw)

    return given


def _without_text(pieces: bytes) -> bytes:
    """Give further deltas and chunks without their text and its lengths."""
    pieces = _DELTA.sub(b',"delta":""}}', pieces)
    # No delta is left in which that could stand.
    return _CHARACTERS.sub(b'"chars":0', pieces) if b'"chars":' in pieces else pieces
