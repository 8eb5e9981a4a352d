"""Joining `check`: logs on all processors, findings to stdout, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pidgin_cli.checks.log import check_lines
from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.reading import is_growing
from pidgin_cli.cli.streams import STDOUT, Sink, is_terminal, stdin_log
from pidgin_cli.errors import ExitStatus, StoreError
from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.lines import split_lines
from pidgin_cli.processes.crew import on_processes
from pidgin_cli.store.extraction import DamagedArchiveError
from pidgin_cli.store.reader import file_blocks
from pidgin_cli.store.sources import Source

FindingFormat = Literal["auto", "jsonl", "text"]
"""What findings are shown as; auto is text on a terminal and JSONL otherwise."""

MOST = 10_000
"""Findings of one log past which no more are given."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a log, and why it could not be looked into."""

    rows: Sequence[Row]
    blind: str | None = None


@dataclass(slots=True)
class Summary:
    """What all logs come to."""

    logs: int = 0
    bad: int = 0
    findings: int = 0
    blind: int = 0

    @property
    def status(self) -> ExitStatus:
        """Failed with findings; usage where some log could not be looked into."""
        if self.blind:
            return ExitStatus.USAGE
        return ExitStatus.FAILED if self.findings else ExitStatus.DONE

    def __str__(self) -> str:
        """Say it in one line for a person."""
        found = f"{_count(self.findings, 'finding')} in {_count(self.bad, 'log')}"
        unread = f", {self.blind} could not be read" if self.blind else ""
        return f"{_count(self.logs, 'log')} checked, {found if self.findings else 'sound'}{unread}"

    def take(self, findings: int, blind: str | None) -> None:
        """Take in what was found in the next log."""
        self.logs += 1
        self.bad += findings > 0
        self.findings += findings
        if blind is not None:
            self.blind += 1
            complain(blind)


def check_sources(sources: Sequence[Source], form: FindingFormat, *, quiet: bool) -> ExitStatus:
    """Write what is wrong to stdout, log after log, and say on stderr what that comes to."""
    sink, summary = Sink(), Summary()
    if form == "auto":
        form = "text" if is_terminal(STDOUT) else "jsonl"
    for source in sources:
        if source.path is None:
            summary.take(*_check_stdin(source, form, sink))
    files = [source for source in sources if source.path is not None]
    for checked in on_processes(lambda file: [check_file(file)], files):
        for row in checked.rows:
            sink.write(_shown(row, form))
        summary.take(len(checked.rows), checked.blind)
    sink.flush()
    if not quiet:
        complain(str(summary))
    return summary.status


def _check_stdin(source: Source, form: FindingFormat, sink: Sink) -> tuple[int, str | None]:
    """Tell what is wrong as it comes; give the number of findings, and why there were no more."""
    found = 0
    try:
        for row in _rows(source, stdin_log(sink.flush)):
            sink.write(_shown(row, form))
            found += 1
    except StoreError as error:
        return found, str(error)
    return found, None


def check_file(source: Source) -> Checked:
    """Check one log or archive; gives at most `MOST` findings."""
    rows: list[Row] = []
    blocks = file_blocks(source.path) if source.path is not None else iter(())
    try:
        for row in _rows(source, blocks):
            if len(rows) == MOST:
                rows.append(_row(source, check="more", reason="further findings are left out"))
                break
            rows.append(row)
    except StoreError as error:
        return Checked(rows, str(error))
    return Checked(rows)


def _rows(source: Source, blocks: Iterable[bytes]) -> Iterator[Row]:
    # A file of the store's own naming is a whole log; any other may have been filtered.
    whole, growing = source.experiment_id is not None, is_growing(source)
    try:
        for finding in check_lines(split_lines(blocks), whole=whole, growing=growing):
            yield _row(source, **finding.fields())
    except DamagedArchiveError as error:
        yield _row(source, check="archive", reason=str(error))


def _row(source: Source, **fields: object) -> Row:
    where = {"source": source.name, "path": None if source.path is None else str(source.path)}
    return {**where, "check": None, "line": None, "byte": None, "id": None, **fields}


def _shown(row: Row, form: FindingFormat) -> bytes:
    if form != "text":
        return encode_object(row)
    from pidgin_cli.views.visible import visible

    place = "" if row["line"] is None else f" line {row['line']}, byte {row['byte']}:"
    text = visible(f"{row['source']}:{place} {row['check']}: {row['reason']}", newlines=False)
    return f"{text}\n".encode(errors="replace")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
