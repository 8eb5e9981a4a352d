"""Reading past what a response is made of, where the log goes on to give it whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import SCHEMA_VERSION, Event
from pidgin_cli.store.reader import BadLine, Report

BEGUN = "response.started"
PIECES = frozenset({BEGUN, "response.streaming", "stream.chunk.received"})
"""Kinds that say nothing more once their response is whole."""
WAITS = PIECES | {"context.usage", "api.call.started"}
"""The same, and those that say what a response waits for: nothing that a reader of it is told."""

_ENDS = frozenset({"response.completed", "response.interrupted"})
_CUTS = frozenset({"experiment.resumed", "experiment.completed", "experiment.failed"})
_BEGUN = b'"type":"response.started"'

_TEXT = rb'"[^"\\\x00-\x1f]*+(?:\\["\\/bfnrt][^"\\\x00-\x1f]*+)*+"'
_NUMBER = rb"-?+(?:0|[1-9][0-9]{0,14}+)(?:\.[0-9]{1,17}+)?+(?:[eE][+-]?+[0-9]{1,2}+)?+"
_PLAIN = rb"(?:%b|%b|true|false|null)" % (_TEXT, _NUMBER)
_NAME = rb"[0-9A-Za-z._-]{1,64}+"


def _object(value: bytes) -> bytes:
    return rb'\{(?:"[a-z0-9_]++":%b(?:,"[a-z0-9_]++":%b)*+)?+\}' % (value, value)


_FLAT = _object(_PLAIN)
_NESTED = _object(rb"(?:%b|%b)" % (_PLAIN, _FLAT))
_DATA = _object(rb"(?:%b|%b)" % (_PLAIN, _NESTED))
_LINE = (
    rb'\{"v":1,"id":"%b","type":"(?:%%b)","experiment_id":"%%b",'
    rb'"timestamp":[1-9][0-9]{0,9}+(?:\.[0-9]{1,6}+)?+,"turn_number":(?:0|[1-9][0-9]{0,8}+),'
    rb'"agent_id":"%b","data":(?![^\n]*"note")%b\}\n'
) % (_NAME, _NAME, _DATA)
"""A whole line just as pidgin writes it, so that nothing can stand in it twice, or be bad."""


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
    for whole in _whole_lines(blocks):
        position = 0
        while position < len(whole):
            end = skim.run(whole, position)
            if end:
                number += whole.count(b"\n", position, end)
                position = end
                continue
            end = whole.find(b"\n", position) + 1 or len(whole)
            line = whole[position:end]
            number += 1
            try:
                if not line.isspace():
                    event = decode(line)
                    yield from skim.before(event)
                    yield event
            except BadLineError as error:
                torn = not line.endswith(b"\n")
                if not (torn and growing):
                    reason = "the last line is torn" if torn else error.reason
                    report(BadLine(source, number, offset + position, reason))
            position = end
        offset += len(whole)
    yield from skim.rest()


class _Skim:
    """What was not read yet of each experiment, as bytes."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self._kinds = kinds
        self._matters = _ENDS | _CUTS | kinds
        self._alternatives = b"|".join(re.escape(kind.encode()) for kind in sorted(kinds))
        self._kept: dict[str, list[bytes]] = {}
        self._begun: dict[str, int] = {}
        self._runs: dict[str, re.Pattern[bytes]] = {}
        self._now: str | None = None

    def run(self, block: bytes, position: int) -> int:
        """Keep the lines of the experiment under way that begin there; give their end, or 0."""
        now = self._now
        found = None if now is None else self._runs[now].match(block, position)
        if now is None or found is None:
            return 0
        run = found[0]
        begun = self._begun[now] + run.count(_BEGUN)
        if begun > 1 or not _is_utf8(run):
            # One that began before was cut: what came of it is to be shown.
            return 0
        self._kept[now].append(run)
        self._begun[now] = begun
        return found.end()

    def before(self, event: Event) -> Iterable[Event]:
        """Give what turns out to be needed now that this event has come."""
        kind, experiment_id = event.type, event.experiment_id
        if kind == "experiment.started" and experiment_id not in self._kept:
            # Only of an experiment that begins here is it known what came before.
            line = _LINE % (self._alternatives, re.escape(experiment_id.encode()))
            self._runs[experiment_id] = re.compile(rb"(?:%b)++" % line)
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
        return () if kind in _ENDS else _read(kept)

    def rest(self) -> Iterator[Event]:
        """Give what is needed because nothing comes any more."""
        for kept in self._kept.values():
            yield from _read(kept)


def _read(runs: Iterable[bytes]) -> Iterator[Event]:
    return map(decode, b"".join(runs).splitlines(keepends=True))


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode()
    except UnicodeDecodeError:
        return False
    return True


def _whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Give the bytes cut behind newlines, and at last what stands behind the last one."""
    pieces: list[bytes] = []
    for block in blocks:
        end = block.rfind(b"\n") + 1
        if end:
            yield b"".join((*pieces, block[:end]))
            pieces = [block[end:]] if end < len(block) else []
        else:
            pieces.append(block)
    if pieces:
        yield b"".join(pieces)
