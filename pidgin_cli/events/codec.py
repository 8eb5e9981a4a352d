"""Between an event and its line of JSON."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from msgspec.structs import force_setattr

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.complete import NOT_COMPLETE, complete_event
from pidgin_cli.events.event import LONGEST_ID, NOTHING, SCHEMA_VERSION, Event
from pidgin_cli.possessive import compiled

ENVELOPE = frozenset(
    {"v", "id", "type", "experiment_id", "timestamp", "turn_number", "agent_id", "data"}
)
INTEGER_RANGE = range(-(2**63), 2**64)
_ONLY_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * 19
_BEFORE_A_NUMBER = b":,[- \t\r\n"
_TOKENS = compiled(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|(-?[0-9]++)(\.[0-9]++)?+([eE][+-]?[0-9]++)?+')
"""The strings and the numbers of a line that is known to be JSON."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_DEEPEST = 2000
"""Levels past which a value lies within itself: no line that is read has as many."""


def encode(event: Event) -> bytes:
    """Give the line of an event, newline included: its own bytes unless it was changed."""
    if event.line is not None:
        return event.line
    return encode_object(
        {
            "v": event.v,
            "id": event.id,
            "type": event.type,
            "experiment_id": event.experiment_id,
            "timestamp": event.timestamp,
            "turn_number": event.turn_number,
            "agent_id": event.agent_id,
            "data": event.data if type(event.data) is dict else dict(event.data),
            **event.extra,
        }
    )


def encode_object(value: Mapping[str, Any]) -> bytes:
    """Give one line of JSON, newline included.

    NaN and infinities become null; lone surrogates, which have no UTF-8, become U+FFFD; integers
    past 64 bits become strings.

    Raises:
        TypeError: it holds what JSON has no word for, or holds itself.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:
        return b"".join(_pieces(value)) + b"\n"


def encode_value(value: Any) -> bytes:
    """Give any value as JSON, without a newline, under the rules of `encode_object`."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return b"".join(_pieces(value))


def _may_have_long_integers(line: bytes) -> bool:
    """Say whether integers past 64 bits may stand in a line; nearly always, none do."""
    digits = line.translate(_ONLY_DIGITS)
    start = digits.find(_MANY_DIGITS)
    while start >= 0:
        # Behind other characters stand the digits of a hash, or of a fraction.
        if line[start - 1 : start] in _BEFORE_A_NUMBER:
            return True
        start = digits.find(_MANY_DIGITS, start + len(_MANY_DIGITS))
    return False


def decode(line: bytes) -> Event:
    """Give the event of a line, which may or may not end in a newline.

    Raises:
        BadLineError: it is no JSON object, lacks type or experiment_id, has an envelope of the
            wrong types, or has an integer past 64 bits, which would come out changed.
    """
    try:
        event = complete_event(line)
    except NOT_COMPLETE:
        event = _event(_fields(line))
    force_setattr(event, "line", line if line.endswith(b"\n") else line + b"\n")
    return event


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        if line.startswith(BOM_UTF8):
            told = "it begins with a byte order mark; write UTF-8 without one"
            raise BadLineError(f"not JSON: {told}") from None
        raise BadLineError(f"not JSON: {error}") from None
    if type(fields) is not dict:
        raise BadLineError("not a JSON object")
    if _may_have_long_integers(line):
        _refuse_long_integers(line)
    return fields


def _event(fields: dict[str, Any]) -> Event:
    kind, experiment_id = fields.get("type"), fields.get("experiment_id")
    if type(kind) is not str or not kind:
        raise BadLineError("no type")
    if type(experiment_id) is not str or not experiment_id:
        raise BadLineError("no experiment_id")
    event_id = fields.get("id", "")
    if type(event_id) is not str or len(event_id) > LONGEST_ID:
        raise BadLineError("id is not a string of at most 128 characters")
    timestamp = fields.get("timestamp", 0.0)
    if type(timestamp) is not float:
        if type(timestamp) is not int:
            raise BadLineError("timestamp is not a number")
        timestamp = float(timestamp)
    turn_number = fields.get("turn_number")
    if turn_number is not None and type(turn_number) is not int:
        raise BadLineError("turn_number is not an integer")
    agent_id = fields.get("agent_id")
    if agent_id is not None and type(agent_id) is not str:
        raise BadLineError("agent_id is not a string")
    version = fields.get("v", SCHEMA_VERSION)
    if type(version) is not int:
        raise BadLineError("v is not an integer")
    data = fields.get("data")
    if data is None:
        data = {}
    elif type(data) is not dict:
        raise BadLineError("data is not an object")
    extra = NOTHING
    if len(fields) > len(ENVELOPE) or not fields.keys() <= ENVELOPE:
        extra = {key: value for key, value in fields.items() if key not in ENVELOPE}
    return Event(
        kind, experiment_id, event_id, timestamp, turn_number, agent_id, data, version, extra
    )


def _refuse_long_integers(line: bytes) -> None:
    for token in _TOKENS.finditer(line):
        digits, fraction, exponent = token.groups()
        if digits is None or fraction is not None or exponent is not None:
            continue
        if int(digits) not in INTEGER_RANGE:
            raise BadLineError(f"an integer past 64 bits: {digits[:24].decode()}")


def _pieces(value: object) -> Iterator[bytes]:
    """Give the JSON of what orjson refuses: too deep for it, or not all of it for JSON or UTF-8."""
    levels = [(iter([(b"", value)]), b"")]
    while levels:
        if len(levels) > _DEEPEST:
            raise TypeError("a value lies within itself, or is nested too deeply")
        members, end = levels[-1]
        for before, item in members:
            yield before
            if isinstance(item, Mapping):
                yield b"{"
                levels.append((_named(item), b"}"))
                break
            if isinstance(item, list | tuple):
                yield b"["
                levels.append((_listed(item), b"]"))
                break
            yield orjson.dumps(_encodable(item))
        else:
            yield end
            levels.pop()


def _named(mapping: Mapping[object, object]) -> Iterator[tuple[bytes, object]]:
    # Keys may become the same by what is replaced in them; the last one counts, as in JSON.
    members = {str(_encodable(key)): item for key, item in mapping.items()}
    for place, (name, item) in enumerate(members.items()):
        yield b"," * (place > 0) + orjson.dumps(name) + b":", item


def _listed(items: list[object] | tuple[object, ...]) -> Iterator[tuple[bytes, object]]:
    for place, item in enumerate(items):
        yield b"," * (place > 0), item


def _encodable(value: object) -> object:
    if isinstance(value, str):
        return _SURROGATES.sub("\ufffd", value)
    if isinstance(value, int) and not INTEGER_RANGE.start <= value < INTEGER_RANGE.stop:
        return str(value)
    return value
