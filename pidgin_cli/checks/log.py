"""All checks together: what is wrong with a log, or with a stream of several experiments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pidgin_cli.checks.course import Course
from pidgin_cli.checks.digest import Digests
from pidgin_cli.checks.finding import Check, Finding, Line, numbered
from pidgin_cli.checks.schema import Schema
from pidgin_cli.checks.sequence import Ids, Times


def check_lines(lines: Iterable[bytes], *, whole: bool, growing: bool = False) -> Iterator[Finding]:
    """Give what is wrong, line by line, and then what is wrong with the end.

    Holds a line, and of each experiment that has not ended the state of its checks.

    Args:
        lines: with their newlines.
        whole: whether they are all that was ever written of one experiment, so that gaps are to be
            found; not so for streams, for what was filtered, and for parts.
        growing: whether somebody still writes, so that the end is none.
    """
    return _Checking(whole, growing).findings(lines)


class _Checking:
    def __init__(self, whole: bool, growing: bool) -> None:
        self._whole = whole
        self._growing = growing
        self._schema = Schema()
        self._experiments: dict[str, list[Check]] = {}
        self._first = ""

    def findings(self, lines: Iterable[bytes]) -> Iterator[Finding]:
        for line in numbered(lines):
            if not line.data.endswith(b"\n"):
                if line.event is None:
                    yield from self._torn(line)
                    continue
                if not self._growing:
                    yield Finding.at(line, "torn", "the last line does not end")
            yield from self._schema.feed(line)
            for check in self._checks(line):
                yield from check.feed(line)
            yield from self._strangers(line)
            if line.event is not None and line.event.type == "experiment.completed":
                # In a stream, nothing of it is to come.
                self._forget(line.event.experiment_id)
        if not self._growing:
            if self._whole and not self._experiments:
                yield Finding("end", "the log is empty", 1, 0)
            for checks in self._experiments.values():
                for check in checks:
                    yield from check.finish()

    def _torn(self, line: Line) -> Iterator[Finding]:
        if not self._growing:
            yield Finding.at(line, "torn", "the last line is torn")

    def _checks(self, line: Line) -> list[Check]:
        """Give the checks that a line is for; in a whole log, all lines are of one experiment."""
        if line.event is None and not self._whole:
            return []
        name = "" if self._whole or line.event is None else line.event.experiment_id
        if name not in self._experiments:
            self._experiments[name] = [
                Times(),
                Ids(whole=self._whole),
                Course(whole=self._whole),
                Digests(whole=self._whole),
            ]
        return self._experiments[name]

    def _strangers(self, line: Line) -> Iterator[Finding]:
        if not self._whole or line.event is None:
            return
        self._first = self._first or line.event.experiment_id
        if line.event.experiment_id != self._first:
            yield Finding.at(line, "stranger", f"it is of {line.event.experiment_id!r}")

    def _forget(self, experiment_id: str) -> None:
        if not self._whole:
            del self._experiments[experiment_id]
