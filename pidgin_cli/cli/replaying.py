"""Joining `replay`: recorded bytes to stdout, as they are, in their own time, or some of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.reading import Reading, is_growing
from pidgin_cli.cli.streams import Sink
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.lines import whole_lines
from pidgin_cli.filters.pace import pace
from pidgin_cli.filters.select import Selection, select
from pidgin_cli.store.extraction import Unpacking
from pidgin_cli.store.member import Header
from pidgin_cli.store.reader import BadLine
from pidgin_cli.store.sources import Source


class Replay(NamedTuple):
    """How logs are replayed.

    Args:
        speed: times the speed at which they were recorded; None for as fast as possible.
        verify: whether the digests are compared.
        max_ratio: unpacked bytes for one of an archive, past which it is refused, whoever made it.
    """

    selection: Selection
    speed: float | None
    verify: bool
    max_ratio: float | None

    @property
    def unpacking(self) -> Unpacking:
        """How archives are read: without the members in which no turn is wanted."""
        if self.verify or not self.selection.turns:
            return Unpacking(self.max_ratio)
        return Unpacking(self.max_ratio, self._may_hold)

    def _may_hold(self, offset: int, header: Header) -> bool:
        first, last = header.turns
        return any(
            (turns.first or 0) <= last and (turns.last is None or first <= turns.last)
            for turns in self.selection.turns
        )


def replayed(sources: Sequence[Source], replay: Replay) -> ExitStatus:
    """Bring what was recorded to stdout, log after log."""
    return _Replaying(replay).replay(sources)


def speed_of(text: str) -> float | None:
    """Give the speed that was typed, None for as fast as possible.

    Raises:
        UsageError: it is none.
    """
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise UsageError(f"--speed {text!r} is no speed: write 1, 10, 0.5 or max")
    return speed


class _Replaying:
    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._sink = Sink()
        self._reading = Reading(self._sink.flush, unpacking=replay.unpacking)
        self._unproven = False

    def replay(self, sources: Sequence[Source]) -> ExitStatus:
        self._sink.write_each(self._reading.each(sources, self._pieces))
        return ExitStatus.FAILED if self._unproven else self._reading.status

    def _pieces(self, source: Source) -> Iterator[bytes]:
        replay = self._replay
        blocks = self._reading.blocks(source)
        if replay.verify:
            blocks = self._proven(source, blocks)
        if replay.selection.everything and replay.speed is None:
            return self._as_they_are(source, blocks)
        return map(encode, self._events(source, blocks))

    def _events(self, source: Source, blocks: Iterable[bytes]) -> Iterator[Event]:
        events = select(self._reading.events_of(source, blocks), self._replay.selection)
        if self._replay.speed is None:
            return events
        return pace(events, self._replay.speed, idle=self._sink.flush)

    def _as_they_are(self, source: Source, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Give whole lines without looking into them; only the end of a log can be torn."""
        lines = offset = 0
        for block in whole_lines(blocks):
            if block.endswith(b"\n"):
                yield block
            elif not is_growing(source):
                self._reading.reports(
                    BadLine(source.name, lines + 1, offset, "the last line is torn")
                )
            lines += block.count(b"\n")
            offset += len(block)

    def _proven(self, source: Source, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Give the lines, and say where a digest does not hold, or which lines have none."""
        from pidgin_cli.checks.digest import Digests, passages

        digests = Digests(whole=True)
        for passage in passages(whole_lines(blocks)):
            digests.skip(passage)
            yield passage.lines
            if passage.last is not None:
                for finding in digests.feed(passage.last):
                    self._disprove(
                        f"{source.name}: line {finding.line}, byte {finding.byte}: "
                        f"the digest does not hold: {finding.reason}"
                    )
                yield passage.last.data
        if digests.uncovered:
            self._disprove(f"{source.name}: no digest proves its last {digests.uncovered} lines")

    def _disprove(self, words: str) -> None:
        self._unproven = True
        complain(words)
