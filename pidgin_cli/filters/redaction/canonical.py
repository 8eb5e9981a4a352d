"""Canonical lines: those that pidgin writes, known by one expression and redacted where they stand.

Most lines of a stream are of few kinds, follow each other as they do in a turn, and hold nothing
that is not on the allow-list, in the order and the form in which pidgin writes it. Such lines are
not decoded: the expression, which is made of the allow-list itself, takes as many as stand
together and says where their strings stand. Every other line takes the long way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from pidgin_cli.events.written import STRING, Line
from pidgin_cli.filters.redaction.allowed import ALLOWED
from pidgin_cli.filters.redaction.passages import COMPLETED, STREAMING
from pidgin_cli.filters.redaction.shapes import (
    INTEGER,
    NUMBER,
    OBJECT,
    POSITIVE,
    Each,
    Fields,
    Plain,
    Role,
    Shape,
    Tree,
)
from pidgin_cli.filters.redaction.vocabulary import OWN_AGENT_ID, OWN_COUNTER, OWN_WRITER
from pidgin_cli.possessive import compiled

CHUNK = "stream.chunk.received"
TURN = (
    "context.usage",
    "api.call.started",
    "response.started",
    STREAMING,
    CHUNK,
    "api.call.completed",
    COMPLETED,
    "convergence.measured",
    "turn.completed",
    "turn.started",
)
"""Kinds of which a stream has many, in the order in which they follow each other."""
EVENT, EXPERIMENT = 1, 3
"""Groups of every match: the id of the first line, and that of the experiment."""

Within = Role | Tree


class Template(NamedTuple):
    """Where a line of one kind holds what may have to be replaced.

    Args:
        groups: of the expression, in the order of the line, with what each holds.
    """

    kind: str
    groups: tuple[tuple[int, Within], ...]

    def group(self, role: Role) -> int:
        """Give the first group that holds this; 0 where none does."""
        return next((group for group, held in self.groups if held is role), 0)


class Canonical(NamedTuple):
    """The expression of lines that are frequent, and what they hold.

    Args:
        match: matches lines of one experiment and one writer, in the order of a turn, from where
            a line begins; or nothing at all. It is for UTF-8 alone.
        groups: that may have to be replaced, in the order of the lines.
        templates: by the group that tells of a kind, which is the last one of its line.
    """

    match: Callable[..., re.Match[bytes] | None]
    groups: tuple[tuple[int, Within], ...]
    templates: Mapping[int, Template]

    def marked(self, kind: str) -> tuple[int, Template]:
        """Give the group that tells of a kind, and its template."""
        return next((mark, each) for mark, each in self.templates.items() if each.kind == kind)

    def group(self, role: Role) -> int:
        """Give the first group that holds this."""
        return next(group for group, held in self.groups if held is role)


@cache
def canonical() -> Canonical:
    """Make the expression of the allow-list."""
    writer, templates = _Writer(), {}
    groups: list[tuple[int, Within]] = [(EVENT, Role.EVENT)]
    expression = _LEAD
    for kind in TURN:
        line = _line(kind, writer.shape(ALLOWED[kind]))
        template = Template(kind, writer.taken())
        templates[writer.mark()] = template
        expression += b"(?:" + line + b"())?+"
        groups += template.groups
        if kind == STREAMING:
            response = template.group(Role.RESPONSE)
        if kind == CHUNK:
            expression += writer.capture(b"(?:" + _pieces(response) + b")++", Role.PIECES) + b"?+"
            groups += writer.taken()
    return Canonical(compiled(expression).match, tuple(groups), templates)


_LEAD = b"(?=%b)" % (
    Line(
        rb'"[a-z._]++"',
        b"",
        id=rb'("(%b)-%b")' % (OWN_WRITER, OWN_COUNTER),
        experiment_id=rb'("[A-Za-z0-9][A-Za-z0-9._-]{0,127}+")',
    ).head
)


def _line(kind: str, data: bytes) -> bytes:
    return Line(
        b'"%b"' % re.escape(kind.encode()),
        data,
        id=rb'"\2-%b"' % OWN_COUNTER,
        experiment_id=rb"\3",
        timestamp=NUMBER,
        turn_number=b"(?:null|%b)" % INTEGER,
        agent_id=b"(?:null|%b)" % OWN_AGENT_ID.json,
    ).whole


def _pieces(response: int) -> bytes:
    """Give the expression of a further delta of the response in that group, or of a chunk."""
    same = b"\\%d" % response
    delta = rb'\{"response":%b,"index":%b,"delta":%b\}' % (same, POSITIVE, STRING)
    chunk = rb'\{"response":%b,"index":%b,"chars":%b,"elapsed":%b\}' % (
        same,
        INTEGER,
        INTEGER,
        NUMBER,
    )
    return b"|".join((_line(STREAMING, delta), _line(CHUNK, chunk)))


class _Writer:
    """Writes expressions, and keeps count of their groups."""

    def __init__(self) -> None:
        self._count = EXPERIMENT
        self._groups: list[tuple[int, Within]] = []

    def taken(self) -> tuple[tuple[int, Within], ...]:
        """Give the groups since the last time."""
        groups, self._groups = tuple(self._groups), []
        return groups

    def mark(self) -> int:
        """Count a group that tells what matched."""
        self._count += 1
        return self._count

    def capture(self, expression: bytes, within: Within) -> bytes:
        """Give the expression as a group."""
        self._groups.append((self.mark(), within))
        return b"(" + expression + b")"

    def shape(self, shape: Shape) -> bytes:
        """Give the expression of the JSON of a shape."""
        match shape:
            case Plain():
                return shape.json
            case Role.SIZE | Role.RESPONSE | Role.INDEX:
                return self.capture(INTEGER, shape)
            case Role.REQUEST:
                return b"(?:null|" + self.capture(STRING, shape) + b")"
            case Role():
                return self.capture(STRING, shape)
            case Fields():
                return self._fields(shape)
            case Tree():
                # The same few are there again and again: each is decoded and looked through once.
                return self.capture(OBJECT, shape)
            case Each():
                # What few lines have takes the long way: here it is not there at all.
                return b"(?!)"
        raise TypeError(f"no expression for {shape}")

    def _fields(self, shape: Fields) -> bytes:
        if not shape.shapes:
            return rb"\{\}"
        first, *others = (
            b'"' + key.encode() + b'":' + self.shape(each) for key, each in shape.shapes.items()
        )
        rest = b"".join(b"(?:," + other + b")?+" for other in others)
        return rb"\{(?:" + first + rest + rb")?+\}"
