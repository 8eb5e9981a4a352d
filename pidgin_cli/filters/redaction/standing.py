"""Standing: canonical lines redacted where they stand, all of a match in one go or one by one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

import orjson

from pidgin_cli.events.written import TEXT
from pidgin_cli.filters.redaction.actions import Action, UncommonError, actions, admitted
from pidgin_cli.filters.redaction.canonical import EVENT, Canonical, Within, canonical
from pidgin_cli.filters.redaction.deltas import LONGEST, Held
from pidgin_cli.filters.redaction.passages import CLOSING, COMPLETED, STREAMING, Passage
from pidgin_cli.filters.redaction.rules import Rules
from pidgin_cli.filters.redaction.shapes import Role, Tree
from pidgin_cli.possessive import compiled

_TEXTS = compiled(b',"delta":"(' + TEXT + b')"')


class Standing:
    """Takes canonical lines into their passage."""

    def __init__(self, rules: Rules) -> None:
        self.match = canonical().match
        self._way: _Way = (_Silent if rules.content else _Spoken)(canonical(), rules)

    def take(self, found: re.Match[bytes], passage: Passage) -> int:
        """Take in the lines of a match, as far as none has to be decoded; give where those end."""
        try:
            self._way.together(found, passage)
        except (UncommonError, ValueError):
            return self._one_by_one(found, passage)
        return found.end()

    def _one_by_one(self, found: re.Match[bytes], passage: Passage) -> int:
        block, place, end = found.string, found.start(), found.end()
        try:
            while place < end:
                line = self.match(block, place, block.index(b"\n", place) + 1)
                if line is None:
                    break
                self._way.alone(line, passage)
                place = line.end()
        except (UncommonError, ValueError):
            pass
        return place


class _Way(Protocol):
    def together(self, found: re.Match[bytes], passage: Passage) -> None:
        """Take in all lines of a match.

        Raises:
            UncommonError: each has to be looked at; none was taken in.
        """

    def alone(self, found: re.Match[bytes], passage: Passage) -> None:
        """Take in the one line of a match.

        Raises:
            UncommonError: it has to be decoded; it was not taken in.
        """


class _Silent:
    """The way where every text goes, so that no delta has to wait for the next."""

    def __init__(self, known: Canonical, rules: Rules) -> None:
        first = actions(rules)
        later: dict[Role, Action] = {**first, Role.DELTA: lambda _: b'""'}
        self._together = [_Line(known.groups, _seen_together(each)) for each in (first, later)]
        self._alone = [_Line(known.groups, each) for each in (first, later)]
        self._index = known.group(Role.INDEX)

    def together(self, found: re.Match[bytes], passage: Passage) -> None:
        passage.add(self._together[self._is_later(found)].of(found))

    def alone(self, found: re.Match[bytes], passage: Passage) -> None:
        passage.add(self._alone[self._is_later(found)].of(found))

    def _is_later(self, found: re.Match[bytes]) -> bool:
        return found[self._index] not in (b"0", None)


class _Spoken:
    """The way where texts stay, so that those of deltas are looked at joined."""

    def __init__(self, known: Canonical, rules: Rules) -> None:
        self._rules = rules
        self._kinds = {mark: each.kind for mark, each in known.templates.items()}
        self._delta = known.group(Role.DELTA)
        self._pieces = known.group(Role.PIECES)
        self._streaming, streaming = known.marked(STREAMING)
        _, completed = known.marked(COMPLETED)
        self._begun, self._ended = (each.group(Role.RESPONSE) for each in (streaming, completed))
        self._content = completed.group(Role.MESSAGE)
        ways = actions(rules)
        self._alone = _Line(known.groups, ways)
        ways = _seen_together(ways)
        self._together = _Line(known.groups, ways)
        self._before = _Line([each for each in known.groups if each[0] < self._content], ways)
        self._after = _Line([each for each in known.groups if each[0] > self._content], ways)

    def together(self, found: re.Match[bytes], passage: Passage) -> None:
        if not passage.idle:
            raise UncommonError
        if found[self._streaming] is not None:
            self._response(found, passage)
            return
        line = self._together.of(found)
        passage.end(found[self._ended])
        passage.add(line)

    def alone(self, found: re.Match[bytes], passage: Passage) -> None:
        kind = self._kinds[found.lastindex or 0]
        if kind == STREAMING:
            passage.hold(found[self._begun], self._held(found))
            return
        if kind == COMPLETED:
            # What the deltas became is what becomes of the content.
            passage.end(found[self._ended])
        elif kind in CLOSING and passage.waits:
            passage.end_all()
        passage.add(self._alone.of(found))

    def _response(self, found: re.Match[bytes], passage: Passage) -> None:
        """Take in lines among which is a whole response, of which nothing has to go."""
        response, content = found[self._begun], found[self._content]
        if found[self._ended] != response or passage.is_over(response):
            raise UncommonError
        if content is None or content != self._joined(found):
            raise UncommonError
        parts: list[bytes] = []
        place = self._before.write(found, parts, found.start())
        text = orjson.loads(content)
        redacted = self._rules.text(text)
        if redacted.text != text or len(text) > LONGEST:
            raise UncommonError
        place = self._after.write(found, parts, place)
        parts.append(found.string[place : found.end()])
        passage.said(response, text, redacted)
        passage.add(b"".join(parts))

    def _joined(self, found: re.Match[bytes]) -> bytes | None:
        """Give the JSON of the deltas joined, if they are as they would be written anew."""
        delta, pieces = found[self._delta], found[self._pieces]
        if delta is not None and pieces is not None:
            delta = b"".join((delta[:-1], *_TEXTS.findall(pieces), b'"'))
        return None if delta is None or b"\\/" in delta else delta

    def _held(self, found: re.Match[bytes]) -> Held:
        """Give the delta that has to wait for the next one."""
        line, delta = self._alone.of(found), found[self._delta]
        if delta is None:
            raise UncommonError
        # What stands behind the delta was not changed, and neither was the delta itself.
        end = len(line) - (found.end() - found.end(self._delta))
        return Held(line[: end - len(delta)], orjson.loads(delta), line[end:])


class _Line:
    """What is done with groups of a match, in the order in which they stand."""

    def __init__(self, groups: Sequence[tuple[int, Within]], ways: Mapping[Role, Action]) -> None:
        steps = [
            (group, admitted(within) if isinstance(within, Tree) else ways[within])
            for group, within in groups
            if isinstance(within, Tree) or within in ways
        ]
        self._groups = tuple(group for group, _ in steps)
        self._actions = tuple(action for _, action in steps)

    def of(self, match: re.Match[bytes]) -> bytes:
        """Give what takes the place of all that matched."""
        parts: list[bytes] = []
        place = self.write(match, parts, match.start())
        parts.append(match.string[place : match.end()])
        return b"".join(parts)

    def write(self, match: re.Match[bytes], parts: list[bytes], place: int) -> int:
        """Write from this place to the end of what is replaced last, which is given."""
        # With one group it would give no tuple.
        raws = match.group(EVENT, *self._groups)[1:]
        for group, action, raw in zip(self._groups, self._actions, raws, strict=True):
            if raw is not None and (given := action(raw)) is not None:
                start, end = match.span(group)
                parts += (match.string[place:start], given)
                place = end
        return place


def _seen_together(ways: Mapping[Role, Action]) -> dict[Role, Action]:
    """Give the actions for several lines, of which only the first one's id is seen."""
    event = ways.get(Role.EVENT)
    if event is None:
        return {**ways}

    def given(raw: bytes) -> None:
        if event(raw) is not None:
            raise UncommonError

    return {**ways, Role.EVENT: given}
