"""Digests: whether a log is, byte for byte, what was sealed when it was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.checks.finding import Finding, Line
from pidgin_cli.events import payload
from pidgin_cli.events.seal import SEALED, Seal


class Digests:
    """Compares each digest in a log with what stands before it.

    `uncovered` is how many lines stand behind the last digest that holds, itself not counted.

    Args:
        whole: whether all of the log is given, so that its lines are to be as many as it says.
    """

    def __init__(self, *, whole: bool) -> None:
        self.uncovered = 0
        self._whole = whole
        self._seal = Seal()

    def feed(self, line: Line) -> Iterable[Finding]:
        """Take in the next line, and give what is wrong with the digest in it."""
        event = line.event
        self.uncovered += 1
        found: Iterable[Finding] = ()
        if event is not None and event.type in SEALED and isinstance(event.data.get("digest"), str):
            found = list(self._compare(line))
            if not found:
                self.uncovered = 0
        self._seal.add(line.data)
        return found

    def finish(self) -> Iterable[Finding]:
        """Give nothing: a log may end without a digest."""
        return ()

    def _compare(self, line: Line) -> Iterator[Finding]:
        data = line.event.data if line.event is not None else {}
        said, stand = payload.integer(data, "events"), self._seal.events
        if said is not None and said != stand:
            # Of a part of a log nothing else is to be expected.
            if self._whole:
                reason = f"{said} lines stood before it when it was written, and now there are "
                yield Finding.at(line, "digest", f"{reason}{stand}")
        elif data["digest"] != self._seal.digest:
            reason = "the lines before it are not those that stood there when it was written"
            yield Finding.at(line, "digest", reason)
