"""Course: whether turns and responses of an experiment begin and end as they can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.checks.finding import Finding, Line
from pidgin_cli.events import payload
from pidgin_cli.events.event import SCHEMA_VERSION, Event


class Course:
    """Follows turns and responses; holds the pieces of the response under way.

    What a crash left open is said where the experiment was taken up again, for there it ends.

    Args:
        whole: whether all of the log is given, from its first line to its last one.
    """

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._lines = 0
        self._turn: Line | None = None
        self._last_turn: int | None = None
        self._response: Line | None = None
        self._pieces: list[str] = []
        self._ended: Line | None = None
        self._paused = False
        self._latest: Line | None = None

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and give what cannot come there."""
        event = line.event
        if event is None or event.v != SCHEMA_VERSION:
            return ()
        self._lines += 1
        self._latest = line
        found: list[Finding] = []
        if self._whole and self._lines == 1 and event.type != "experiment.started":
            found.append(Finding.at(line, "order", "the log does not begin with its start"))
        if self._ended is not None and event.type != "experiment.resumed":
            ended = self._ended.number
            found.append(Finding.at(line, "order", f"the experiment ended at line {ended}"))
            self._ended = None
        step = _STEPS.get(event.type)
        if step is not None:
            found.extend(step(self, line, event))
        return found

    def finish(self) -> Iterable[Finding]:
        """Give what was begun and never ended."""
        if not self._whole or self._latest is None:
            return ()
        found = list(self._open_response())
        if self._ended is None and not self._paused:
            if self._turn is not None:
                found.append(Finding.at(self._turn, "turn", "the turn never ends"))
            found.append(Finding.at(self._latest, "end", "the log ends without a last word"))
        return found

    def _start(self, line: Line, event: Event) -> Iterator[Finding]:
        if self._lines > 1:
            yield Finding.at(line, "order", "the experiment begins a second time")

    def _resume(self, line: Line, event: Event) -> Iterator[Finding]:
        self._ended, self._paused, self._response = None, False, None
        self._pieces.clear()
        yield from ()

    def _end(self, line: Line, event: Event) -> Iterator[Finding]:
        # Whoever stops an experiment, or a limit, may do so within a turn; one that failed can be
        # taken up again in it.
        yield from self._open_response()
        if self._turn is not None and event.data.get("reason") == "max_turns":
            yield Finding.at(self._turn, "turn", "the turn never ends")
        self._response, self._ended = None, line

    def _pause(self, line: Line, event: Event) -> Iterator[Finding]:
        self._paused = True
        yield from ()

    def _start_turn(self, line: Line, event: Event) -> Iterator[Finding]:
        if self._turn is not None:
            yield Finding.at(self._turn, "turn", f"the turn does not end before line {line.number}")
        expected = 0 if self._last_turn is None else self._last_turn + 1
        if event.turn_number != expected and (self._whole or self._last_turn is not None):
            yield Finding.at(line, "order", f"turn {event.turn_number} where {expected} would come")
        self._turn, self._last_turn = line, event.turn_number

    def _end_turn(self, line: Line, event: Event) -> Iterator[Finding]:
        open_turn = self._turn.event.turn_number if self._turn and self._turn.event else None
        if event.turn_number != open_turn and self._whole:
            yield Finding.at(line, "order", f"turn {event.turn_number} ends and is not under way")
        self._turn = None

    def _start_response(self, line: Line, event: Event) -> Iterator[Finding]:
        yield from self._open_response()
        self._response = line
        self._pieces.clear()

    def _speak(self, line: Line, event: Event) -> Iterator[Finding]:
        number = payload.integer(event.data, "response")
        if number != self._number():
            if self._whole:
                yield Finding.at(line, "order", f"response {number} is not under way")
            return
        if event.type == "response.streaming":
            self._pieces.append(payload.text(event.data, "delta") or "")
            return
        content = payload.text(event.data, "content") or ""
        # What was redacted is no longer the text that came, and says so.
        if self._pieces and "content_length" not in event.data and "".join(self._pieces) != content:
            yield Finding.at(line, "deltas", "the pieces that came are not its content")
        self._response = None
        self._pieces.clear()

    def _number(self) -> int | None:
        if self._response is None or self._response.event is None:
            return None
        return payload.integer(self._response.event.data, "response")

    def _open_response(self) -> Iterator[Finding]:
        if self._response is not None:
            yield Finding.at(self._response, "response", "the response never ends")


_STEPS = {
    "experiment.started": Course._start,
    "experiment.resumed": Course._resume,
    "experiment.completed": Course._end,
    "experiment.failed": Course._end,
    "pause.requested": Course._pause,
    "turn.started": Course._start_turn,
    "turn.completed": Course._end_turn,
    "response.started": Course._start_response,
    "response.streaming": Course._speak,
    "response.completed": Course._speak,
    "response.interrupted": Course._speak,
}
