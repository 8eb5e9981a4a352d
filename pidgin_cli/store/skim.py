"""Reading past what a response is made of, where the log goes on to give it whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.events.lines import whole_lines
from pidgin_cli.events.written import NAME, STRING, Line
from pidgin_cli.possessive import compiled
from pidgin_cli.store.reader import BadLine, Report, what_is_bad

BEGUN = "response.started"
PIECES = frozenset({BEGUN, "response.streaming", "stream.chunk.received"})
"""Kinds that say nothing more once their response is whole."""
WAITS = PIECES | {"context.usage", "api.call.started"}
"""The same, and those that say what a response waits for: nothing that a reader of it is told."""

_ENDS = frozenset({"response.completed", "response.interrupted"})
_CUTS = frozenset({"experiment.resumed", "experiment.completed", "experiment.failed"})
_BEGUN = b'"type":"response.started"'

_NUMBER = rb"-?+(?:0|[1-9][0-9]{0,14}+)(?:\.[0-9]{1,17}+)?+(?:[eE][+-]?+[0-9]{1,2}+)?+"
_PLAIN = rb"(?:%b|%b|true|false|null)" % (STRING, _NUMBER)


def _object(value: bytes) -> bytes:
    member = rb'"(?!note")[a-z0-9_]++":%b' % value
    return rb"\{(?:%b(?:,%b)*+)?+\}" % (member, member)


_FLAT = _object(_PLAIN)
_NESTED = _object(rb"(?:%b|%b)" % (_PLAIN, _FLAT))
_DATA = _object(rb"(?:%b|%b)" % (_PLAIN, _NESTED))
"""Has no note, for that is to be shown."""


def skim_events(
    blocks: Iterable[bytes],
    source: str,
    report: Report,
    *,
    growing: bool = False,
    kinds: frozenset[str] = PIECES,
) -> Iterator[Event]:
    """Give the events of a stream as `read_events` does, but for those that nobody needs.

    Events of these kinds are left out where their response ends, which nearly all do. Those of a
    response that was cut without a word are given before the event that shows it, or at the end.
    For who reads messages, all of it means the same.
    """
    skim = _Skim(kinds)
    number = offset = 0
    for block in whole_lines(blocks):
        position = 0
        while position < len(block):
            end = skim.run(block, position)
            if end:
                number += block.count(b"\n", position, end)
                position = end
                continue
            end = block.find(b"\n", position) + 1 or len(block)
            line = block[position:end]
            number += 1
            try:
                event = decode(line)
            except BadLineError as error:
                reason = what_is_bad(line, error.reason, growing=growing)
                if reason is not None:
                    report(BadLine(source, number, offset + position, reason))
            else:
                if skim.is_moved_by(event):
                    yield from skim.before(event)
                yield event
            position = end
        offset += len(block)
    yield from skim.rest()


class _Skim:
    """What was not read yet of each experiment, as bytes."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._run = _run_of(kinds)
        self._matters = _ENDS | _CUTS | kinds
        self._kept: dict[str, list[bytes]] = {}
        self._begun: dict[str, int] = {}
        self._now: str | None = None

    def run(self, block: bytes, position: int) -> int:
        """Keep the lines of the experiment under way that begin there; give their end, or 0."""
        now = self._now
        found = None if now is None else self._run.match(block, position)
        if now is None or found is None or found[1].decode() != now:
            return 0
        run = found[0]
        begun = self._begun[now] + run.count(_BEGUN)
        if begun > 1 or not _is_utf8(run):
            # One that began before was cut: what came of it is to be shown.
            return 0
        self._kept[now].append(run)
        self._begun[now] = begun
        return found.end()

    def is_moved_by(self, event: Event) -> bool:
        """Say whether it has to be told of an event."""
        return event.type in self._matters or event.experiment_id != self._now

    def before(self, event: Event) -> Iterable[Event]:
        """Give what turns out to be needed now that this event has come."""
        kind, experiment_id = event.type, event.experiment_id
        if kind == "experiment.started" and experiment_id not in self._kept:
            # Only of an experiment that begins here is it known what came before.
            self._kept[experiment_id], self._begun[experiment_id] = [], 0
        kept = self._kept.get(experiment_id)
        self._now = None if kept is None else experiment_id
        if kept is None or event.v != SCHEMA_VERSION or kind not in self._matters:
            return ()
        self._kept[experiment_id] = []
        if kind == BEGUN:
            self._begun[experiment_id] = 1
        elif kind not in self._kinds:
            self._begun[experiment_id] = 0
        # Only its pieces say the number of a response that ends without it.
        is_told = kind in _ENDS and type(event.data.get("response")) is int
        return () if is_told else _read(kept)

    def rest(self) -> Iterator[Event]:
        """Give what is needed because nothing comes any more."""
        for kept in self._kept.values():
            yield from _read(kept)


@cache
def _run_of(kinds: frozenset[str]) -> re.Pattern[bytes]:
    """Give what finds lines of these kinds that follow one another, all of one experiment."""
    kind = rb'"(?:%b)"' % b"|".join(re.escape(kind.encode()) for kind in sorted(kinds))
    first = Line(kind, _DATA, experiment_id=rb'"(%b)"' % NAME)
    further = Line(kind, _DATA, experiment_id=rb'"\1"')
    return compiled(rb"%b(?:%b)*+" % (first.whole, further.whole))


def _read(runs: Iterable[bytes]) -> Iterator[Event]:
    return map(decode, b"".join(runs).splitlines(keepends=True))


def _is_utf8(run: bytes) -> bool:
    try:
        return run.isascii() or bool(run.decode())
    except UnicodeDecodeError:
        return False
