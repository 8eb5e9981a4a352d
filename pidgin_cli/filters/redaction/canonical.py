"""Canonical lines: those that pidgin writes, known by one expression and redacted where they stand.

Most lines of a stream are of few kinds and hold nothing that is not on the allow-list, in the order
and the form in which pidgin writes it. Such a line is not decoded: the expression, which is made of
the allow-list itself, says where its strings stand. Every other line takes the long way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from pidgin_cli.filters.redaction.allowed import ALLOWED
from pidgin_cli.filters.redaction.shapes import (
    INTEGER,
    NUMBER,
    OBJECT,
    STRING,
    Each,
    Fields,
    Plain,
    Role,
    Shape,
    Tree,
)
from pidgin_cli.filters.redaction.vocabulary import OWN_AGENT_ID, OWN_EVENT_ID

FREQUENT = (
    "response.streaming",
    "stream.chunk.received",
    "context.usage",
    "api.call.started",
    "response.started",
    "api.call.completed",
    "response.completed",
    "turn.started",
    "convergence.measured",
    "turn.completed",
)
"""Kinds of which a stream has many; each is tried in this order."""

Action = Callable[[bytes], bytes | None]
"""Gives what takes the place of a piece of JSON, or None where it stays."""


@dataclass(frozen=True, slots=True)
class Template:
    """Where a line of one kind holds what may have to be replaced.

    Args:
        groups: of the expression, in the order of the line, with what each holds.
        trees: the shapes of what is held in groups of that role, in the same order.
    """

    kind: str
    groups: tuple[tuple[int, Role], ...]
    trees: tuple[Tree, ...] = ()

    def group(self, role: Role) -> int:
        """Give the first group that holds this; 0 where none does."""
        return next((group for group, held in self.groups if held is role), 0)


@dataclass(frozen=True, slots=True)
class Canonical:
    """The expression of all lines that are frequent, and what each of them holds.

    Args:
        templates: by the last group that matched.
    """

    match: Callable[..., re.Match[bytes] | None]
    templates: dict[int, Template]


@cache
def canonical() -> Canonical:
    """Make the expression of the allow-list."""
    writer = _Writer()
    # The id stands before the type, and so before the alternatives.
    head = rb'\{"v":1,"id":' + writer.capture(OWN_EVENT_ID.json, Role.EVENT) + rb',"type":"'
    common = writer.taken()
    templates = {}
    alternatives = []
    for kind in FREQUENT:
        alternatives.append(_line(writer, kind))
        groups = common + writer.taken()
        templates[writer.mark()] = Template(kind, groups, writer.trees())
        alternatives[-1] += b"()"
    expression = re.compile(head + b"(?:" + b"|".join(alternatives) + b")")
    return Canonical(expression.match, templates)


def _line(writer: _Writer, kind: str) -> bytes:
    experiment = writer.capture(b'"[A-Za-z0-9][A-Za-z0-9._-]{0,127}+"', Role.EXPERIMENT)
    return b"".join(
        (
            re.escape(kind.encode()),
            b'","experiment_id":',
            experiment,
            b',"timestamp":',
            NUMBER,
            b',"turn_number":(?:null|',
            INTEGER,
            b'),"agent_id":(?:null|',
            OWN_AGENT_ID.json,
            b'),"data":',
            writer.shape(ALLOWED[kind]),
            rb"\}\n",
        )
    )


class _Writer:
    """Writes expressions, and keeps count of their groups."""

    def __init__(self) -> None:
        self._count = 0
        self._groups: list[tuple[int, Role]] = []
        self._trees: list[Tree] = []

    def taken(self) -> tuple[tuple[int, Role], ...]:
        """Give the groups since the last time."""
        groups, self._groups = tuple(self._groups), []
        return groups

    def trees(self) -> tuple[Tree, ...]:
        """Give the shapes of the trees since the last time."""
        trees, self._trees = tuple(self._trees), []
        return trees

    def mark(self) -> int:
        """Count a group that tells which alternative matched."""
        self._count += 1
        return self._count

    def capture(self, expression: bytes, role: Role) -> bytes:
        """Give the expression as a group."""
        self._count += 1
        self._groups.append((self._count, role))
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
                self._trees.append(shape)
                return self.capture(OBJECT, Role.TREE)
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
