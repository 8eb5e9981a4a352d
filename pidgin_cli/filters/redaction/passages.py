"""Passages: one experiment on its way through, its digests, and what waits behind a delta."""

from __future__ import annotations

from collections import deque

from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.events.seal import Seal
from pidgin_cli.filters.redaction.deltas import Held, Response
from pidgin_cli.filters.redaction.report import Report
from pidgin_cli.filters.redaction.rules import NOTHING_YET, Redacted, Rules

STREAMING, COMPLETED = "response.streaming", "response.completed"
ENDING = frozenset({COMPLETED, "response.interrupted"})
"""Kinds that end their response."""
CLOSING = frozenset(
    {
        "checkpoint.saved",
        "experiment.completed",
        "experiment.failed",
        "experiment.resumed",
        "experiment.started",
        "pause.requested",
        "turn.completed",
        "turn.started",
    }
)
"""Kinds behind which no response goes on."""
MOST_WAITING = 1 << 22
"""Bytes that may wait behind a delta whose response never ends."""


class Passage:
    """What is kept of one experiment: order within it is kept, whatever waits.

    `taken` is the seal of the lines that came in, `given` of those that went out, which are not
    counted: they are as many. The lines that may go out stand in `ready`.
    """

    __slots__ = (
        "_ended",
        "_report",
        "_responses",
        "_rules",
        "_sealed",
        "_size",
        "_waiting",
        "given",
        "ready",
        "remembered",
        "taken",
    )

    def __init__(self, rules: Rules, report: Report) -> None:
        self._rules = rules
        self._report = report
        self._responses: dict[bytes, Response] = {}
        self._waiting: deque[bytes | Held] = deque()
        self._size = 0  # bytes that came since nothing waited, or since most of it was let go
        self._ended = -1  # the highest number of a response that is over
        self.taken = Seal()
        self.given = Seal()
        self.ready: list[bytes] = []
        self.remembered = NOTHING_YET
        self._sealed = 0  # of what is ready, how many pieces are in the seal

    @property
    def waits(self) -> bool:
        """Whether something is held, behind which what comes must wait."""
        return bool(self._waiting)

    @property
    def idle(self) -> bool:
        """Whether nothing is held and no response is under way."""
        return not (self._waiting or self._responses)

    def is_over(self, response: bytes) -> bool:
        """Say whether a response is, or a later one."""
        return bool(response) and int(response) <= self._ended

    def add(self, lines: bytes) -> None:
        """Take lines that are redacted."""
        if self._waiting:
            self._wait(lines, len(lines))
        else:
            self.ready.append(lines)

    def hold(self, response: bytes, held: Held) -> None:
        """Take a delta of a response, whose number is given as JSON has it.

        One that comes when its response is over shows nothing: it could be the end of something
        whose beginning is out already.
        """
        under_way = self._responses.get(response)
        if under_way is None:
            if self.is_over(response):
                held.settle(REDACTED)
                self._waiting.append(held)
                self._move()
                return
            under_way = self._responses[response] = Response(self._rules)
        under_way.add(held)
        self._wait(held, held.size)
        if under_way.cut_off:
            self._move()

    def said(self, response: bytes, text: str, redacted: Redacted) -> None:
        """Take in that a response is over, and what became of its text."""
        self._ended = max(self._ended, int(response))
        if text:
            self.remembered = self._rules.remembered = (text, redacted)

    def end(self, response: bytes) -> None:
        """Let the deltas of a response go; its content will be what they became."""
        if response:
            self._ended = max(self._ended, int(response))
        under_way = self._responses.pop(response, None)
        if under_way is not None:
            text, redacted = under_way.finish()
            if text:
                self.remembered = self._rules.remembered = (text, redacted)
            places = under_way.places(text, redacted) if redacted.reasons else {}
            for reason, count in redacted.reasons.items():
                self._report.add(STREAMING, "data.delta", reason, count, places.get(reason))
            self._move()

    def end_all(self) -> None:
        """Let the deltas of all responses go."""
        for response in list(self._responses):
            self.end(response)

    def settle(self) -> None:
        """Let all deltas go but the newest of each response."""
        for response in self._responses.values():
            response.settle()
        self._move()

    def holds(self, events: object, digest: object) -> bool:
        """Say whether a seal is one of all that came in."""
        return events == self.taken.events and digest == self.taken.digest

    def digest(self) -> str:
        """Give the digest of all that went out or may go out; nothing may wait."""
        self._seal()
        return self.given.digest

    def take_ready(self) -> list[bytes]:
        """Give the lines that may go out, and take them into the seal."""
        self._seal()
        ready, self.ready, self._sealed = self.ready, [], 0
        return ready

    def take_together(self) -> bytes:
        """Do the same with one piece, which is put together but once."""
        sealed = self.ready[: self._sealed]
        lines = self._seal()
        self.ready, self._sealed = [], 0
        return b"".join((*sealed, lines))

    def _seal(self) -> bytes:
        """Take into the seal what is ready and not in it yet, and give that."""
        lines = b"".join(self.ready[self._sealed :])
        self.given.add(lines, 0)
        self._sealed = len(self.ready)
        return lines

    def _wait(self, line: bytes | Held, size: int) -> None:
        self._waiting.append(line)
        self._size += size
        if self._size > MOST_WAITING:
            self._relieve()

    def _relieve(self) -> None:
        """Let go what can go, and where that is not most of it, everything."""
        self.settle()
        self._size = sum(
            each.size if isinstance(each, Held) else len(each) for each in self._waiting
        )
        if self._size > MOST_WAITING // 2:
            for response in self._responses.values():
                response.cut()
            self._move()

    def _move(self) -> None:
        waiting = self._waiting
        while waiting:
            first = waiting[0]
            line = first.line if isinstance(first, Held) else first
            if line is None:
                return
            self.ready.append(line)
            waiting.popleft()
        self._size = 0
