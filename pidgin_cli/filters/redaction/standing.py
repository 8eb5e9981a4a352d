"""Standing: canonical lines redacted where they stand, piece by piece of their bytes."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.filters.redaction.canonical import Action, Template, canonical
from pidgin_cli.filters.redaction.deltas import Held
from pidgin_cli.filters.redaction.passages import CLOSING, ENDING
from pidgin_cli.filters.redaction.rules import Rules
from pidgin_cli.filters.redaction.shapes import Role, Tree

_MARKER = orjson.dumps(REDACTED)
_REMEMBERED = 10_000


Step = tuple[int, Action | bytes]
"""A group, and what takes its place, or what gives that."""
Line = Callable[[re.Match[bytes]], bytes]


class UncommonError(Exception):
    """The line has to take the long way."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a line of one kind is redacted.

    Args:
        experiment, response, delta: groups of the expression; 0 where there is none.
        line: gives the line that takes the place of the one that matched.
        ends: whether the line ends its response.
        closes: whether no response goes on behind the line.
        common: whether the line has nothing to do with a text that comes in pieces.
    """

    experiment: int
    response: int
    delta: int
    line: Line
    ends: bool
    closes: bool
    common: bool

    def held(self, match: re.Match[bytes]) -> Held:
        """Give the delta that has to wait for the next one."""
        line = self.line(match)
        delta = match[self.delta]
        # What stands behind the delta was not changed, and neither was the delta itself.
        end = len(line) - (match.end() - match.end(self.delta))
        return Held(line[: end - len(delta)], orjson.loads(delta), line[end:])


def plans(rules: Rules) -> Mapping[int, Plan]:
    """Give the plan of each template under these rules, by the last group of its match."""
    roles = _steps(rules)
    return {
        last: _plan(template, roles, strict=rules.content)
        for last, template in canonical().templates.items()
    }


def experiments(rules: Rules) -> Action:
    """Give what tells of an experiment's id whether it has to be replaced."""
    return _Cached(_string(rules, Role.EXPERIMENT)).__getitem__


def _plan(template: Template, roles: Mapping[Role, Action | bytes], *, strict: bool) -> Plan:
    steps: list[Step] = []
    trees = iter(template.trees)
    for group, role in template.groups:
        if role is Role.TREE:
            steps.append((group, _Cached(_admitted(next(trees))).__getitem__))
        elif role in roles:
            steps.append((group, roles[role]))
    kind, delta = template.kind, template.group(Role.DELTA)
    line = _line(steps)
    if strict and delta:
        later = _line([(group, b'""' if group == delta else step) for group, step in steps])
        line = _by_index(template.group(Role.INDEX), line, later)
    return Plan(
        template.group(Role.EXPERIMENT),
        template.group(Role.RESPONSE),
        0 if strict else delta,
        line,
        kind in ENDING,
        kind in CLOSING,
        strict or not (delta or kind in ENDING),
    )


def _line(steps: Sequence[Step]) -> Line:
    """Give the function that takes these steps, the quickest that there is for them."""
    if not steps:
        return operator.itemgetter(0)
    group, given = steps[0]
    if len(steps) == 1 and isinstance(given, bytes):
        return _with_one_constant(group, given)

    def line(match: re.Match[bytes]) -> bytes:
        parts: list[bytes] = []
        block, place = match.string, match.start()
        for group, step in steps:
            start, end = match.span(group)
            if start < 0:
                continue
            given = step if isinstance(step, bytes) else step(block[start:end])
            if given is not None:
                parts += (block[place:start], given)
                place = end
        if not parts:
            return match[0]
        parts.append(block[place : match.end()])
        return b"".join(parts)

    return line


def _with_one_constant(group: int, constant: bytes) -> Line:
    def line(match: re.Match[bytes]) -> bytes:
        start, end = match.span(group)
        if start < 0:
            return match[0]
        block = match.string
        return block[match.start() : start] + constant + block[end : match.end()]

    return line


def _by_index(group: int, first: Line, later: Line) -> Line:
    def line(match: re.Match[bytes]) -> bytes:
        return first(match) if match[group] in (b"0", None) else later(match)

    return line


def _steps(rules: Rules) -> dict[Role, Action | bytes]:
    steps: dict[Role, Action | bytes] = {
        # A request is named again when it ends.
        role: _Cached(_string(rules, role)).__getitem__
        for role in (Role.MODEL, Role.PROVIDER, Role.REQUEST)
    }
    steps[Role.FINGERPRINT] = _MARKER
    if rules.content:
        steps[Role.TEXT] = _MARKER
        steps[Role.DELTA] = _MARKER
        steps[Role.MESSAGE] = _attested(rules)
        steps[Role.SIZE] = b"0"
    else:
        steps[Role.TEXT] = steps[Role.MESSAGE] = _string(rules, Role.TEXT)
    if not rules.matcher.nothing:
        steps[Role.EVENT] = _event(rules)
    return steps


class _Cached(dict[bytes, bytes | None]):
    """Remembers what an action gave."""

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
    suspect = _Cached(lambda writer: writer if rules.matcher.spans(writer.decode()) else None)

    def given(raw: bytes) -> bytes | None:
        return None if suspect[raw[1:17]] is None else whole(raw)

    return given


def _admitted(tree: Tree) -> Action:
    def given(raw: bytes) -> bytes | None:
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise UncommonError from None
        # Of a key that is there twice, the first would stay unseen.
        if not tree.admits(value) or orjson.dumps(value) != raw:
            raise UncommonError
        return None

    return given
