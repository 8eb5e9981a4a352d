"""What a check finds, and what it is given to look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from pidgin_cli.errors import BadLineError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import Event


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log: its number, from 1, its offset in bytes, and its event or why it has none.

    `data` is its bytes; a newline at their end is missing where the line is the last one and torn.
    """

    number: int
    offset: int
    data: bytes
    event: Event | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Args:
        check: a word for what kind of thing.
        reason: a sentence for a person.
        line: from 1.
        byte: offset of that line.
    """

    check: str
    reason: str
    line: int
    byte: int
    event_id: str | None = None

    @classmethod
    def at(cls, line: Line, check: str, reason: str) -> Finding:
        """Give a finding about a line."""
        event_id = line.event.id if line.event is not None else None
        return cls(check, reason, line.number, line.offset, event_id)

    def fields(self) -> dict[str, Any]:
        """Give it as a row."""
        return {
            "check": self.check,
            "reason": self.reason,
            "line": self.line,
            "byte": self.byte,
            "id": self.event_id,
        }


class Check(Protocol):
    """Looks at the lines of one experiment, in their order."""

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and give what is wrong with it."""

    def finish(self) -> Iterable[Finding]:
        """Give what is wrong with the end, which nobody writes any more."""


def line_of(number: int, offset: int, data: bytes) -> Line:
    """Give a line with its event, or with why it has none."""
    try:
        return Line(number, offset, data, decode(data) if not data.isspace() else None)
    except BadLineError as error:
        return Line(number, offset, data, None, error.reason)


def numbered(lines: Iterable[bytes]) -> Iterator[Line]:
    """Give the lines with their events, each as it comes."""
    offset = 0
    for number, data in enumerate(lines, 1):
        yield line_of(number, offset, data)
        offset += len(data)
