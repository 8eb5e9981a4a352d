"""Reading what a command is about: the SOURCEs that were typed, or stdin, as one stream."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.option_group import OptionGroup
from pidgin_cli.cli.streams import STDIN, is_terminal, stdin_blocks, stdin_log
from pidgin_cli.errors import ExitStatus, StoreError, UsageError
from pidgin_cli.events.event import Event
from pidgin_cli.events.lines import whole_lines
from pidgin_cli.store.extraction import UNPACKING, Unpacking
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.reader import BadLine, file_blocks, nothing, read_events, what_is_wrong
from pidgin_cli.store.skim import skim_events
from pidgin_cli.store.sources import Source, resolve

if TYPE_CHECKING:
    from pidgin_cli.filters.redaction.taking import Seen

Read = TypeVar("Read")


class SourceOptions(OptionGroup):
    """The logs that a command reads."""

    source: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="An id or the beginning of one, a path, latest, all, group:NAME, or - for stdin.",
        ),
    ] = None
    sources_from: Annotated[
        str | None,
        typer.Option(
            "--sources-from",
            metavar="FILE|-",
            help="Read further SOURCEs from this file, one a line.",
        ),
    ] = None

    def sources(self, folder: Folder, default: Sequence[str] = ()) -> list[Source]:
        """Give the logs that were named, each once.

        Args:
            default: words for where none was named.

        Raises:
            UsageError: none was named, or a word means nothing.
        """
        words = [*(self.source or ()), *self._from_file()]
        if not words and self.sources_from is None:
            words = [*default]
            if not words:
                raise UsageError(
                    "no SOURCE; name an experiment, a file, latest, all, or - for stdin"
                )
        return resolve(folder, words)

    def named_sources(self, folder: Folder) -> list[Source] | None:
        """Give the logs that were named, each once, or None where none was.

        Raises:
            UsageError: a word means nothing.
        """
        if not self.source and self.sources_from is None:
            return None
        return self.sources(folder)

    def filtered_sources(self, folder: Folder) -> list[Source]:
        """Give the logs that a filter was named, or stdin where it was named none.

        Raises:
            UsageError: stdin is a terminal, so that nothing would ever come.
        """
        if not self.source and self.sources_from is None and is_terminal(STDIN):
            raise UsageError(
                "stdin is a terminal; pipe events in, as in 'pidgin run | …', or name a SOURCE"
            )
        return self.sources(folder, ["-"])

    def _from_file(self) -> list[str]:
        if self.sources_from is None:
            return []
        if self.sources_from == "-":
            data = b"".join(stdin_blocks())
        else:
            try:
                data = Path(self.sources_from).read_bytes()
            except OSError as error:
                raise UsageError(
                    f"cannot read --sources-from {self.sources_from}: {error.strerror}"
                ) from None
        lines = data.decode(errors="surrogateescape").split("\n")
        return [word for line in lines if (word := line.strip())]


TakeLines = Callable[[bytes, Callable[["Seen"], None]], Iterable[bytes]]
InTurn = Callable[[Callable[[], None]], None]


def at_once(tell: Callable[[], None]) -> None:
    """Tell what is to be told: nothing that came before is still to be told of."""
    tell()


class Reports:
    """Bad lines, told of as they are met.

    Args:
        tell: tells a person of them, and of logs that cannot be read.
    """

    def __init__(self, tell: Callable[[str], None] = complain) -> None:
        self.count = 0
        self.tell = tell

    def __call__(self, bad: BadLine) -> None:
        """Tell of one."""
        self.count += 1
        self.tell(str(bad))


class _Seen:
    """How much was seen of a log, so that where a bad line stands is known when one is met.

    Args:
        growing: whether somebody writes it.
    """

    def __init__(self, name: str, reports: Reports, *, growing: bool) -> None:
        self._name = name
        self._reports = reports
        self._growing = growing
        self._size, self._lines = 0, 1

    def add(self, seen: Seen) -> None:
        """Take in what was seen of the lines that come next, and tell of the bad ones."""
        for place, line, reason, whole in seen.bad:
            wrong = what_is_wrong(reason, whole=whole, growing=self._growing)
            if wrong is not None:
                self._reports(BadLine(self._name, self._lines + line, self._size + place, wrong))
        self._size += seen.size
        self._lines += seen.lines


class Reading:
    """Reads logs one after another. Afterwards `status` says how that went.

    Args:
        idle: is called whenever the next read would block, so that a sink can be flushed.
        reports: is told of bad lines.
        skim: kinds of events that are left out where their response comes whole later.
        unpacking: how archives are read.
        in_turn: is given what is to be told behind all that lines before it bring.
    """

    def __init__(
        self,
        idle: Callable[[], None] = nothing,
        reports: Reports | None = None,
        *,
        skim: frozenset[str] = frozenset(),
        unpacking: Unpacking = UNPACKING,
        in_turn: InTurn = at_once,
    ) -> None:
        self.reports = reports or Reports()
        self._idle = idle
        self._skim = skim
        self._unpacking = unpacking
        self._in_turn = in_turn
        self._failed = False

    @property
    def status(self) -> ExitStatus:
        """Failed where a log could not be read to its end, bad input where a line was left out."""
        if self._failed:
            return ExitStatus.FAILED
        return ExitStatus.BAD_INPUT if self.reports.count else ExitStatus.DONE

    def events(self, sources: Sequence[Source]) -> Iterator[Event]:
        """Give the events of all logs, in their order, one line in memory at a time.

        A log that cannot be read is told of, and the next one is read.
        """
        return self.each(sources, self.events_of)

    def each(
        self, sources: Iterable[Source], read: Callable[[Source], Iterator[Read]]
    ) -> Iterator[Read]:
        """Give what is read of all logs; where one cannot be, that is told, and the next is."""
        for source in sources:
            try:
                yield from read(source)
            except StoreError as error:
                self._failed = True
                self._in_turn(partial(self.reports.tell, str(error)))

    def lines(self, sources: Sequence[Source], take: TakeLines) -> Iterator[bytes]:
        """Give what is made of the lines of all logs, many lines at a time.

        Args:
            take: is given whole lines, and who to tell, now or later, what was seen of them.
        """
        return self.each(sources, lambda source: self._lines(source, take))

    def _lines(self, source: Source, take: TakeLines) -> Iterator[bytes]:
        seen = _Seen(source.name, self.reports, growing=is_growing(source))
        for block in whole_lines(self.blocks(source)):
            yield from take(block, seen.add)

    def events_of(self, source: Source, blocks: Iterable[bytes] | None = None) -> Iterator[Event]:
        """Give the events of one log.

        Args:
            blocks: its bytes, where they were read already.

        Raises:
            StoreError: it cannot be read to its end.
        """
        read = self.blocks(source) if blocks is None else blocks
        growing = is_growing(source)
        if self._skim:
            kinds = self._skim
            return skim_events(read, source.name, self.reports, growing=growing, kinds=kinds)
        return read_events(read, source.name, self.reports, growing=growing)

    def blocks(self, source: Source) -> Iterator[bytes]:
        """Give the bytes of one log as they stand, unpacked where it is an archive."""
        if source.path is None:
            return stdin_log(self._idle, self._unpacking)
        return file_blocks(source.path, self._unpacking, self._idle)


def bytes_there(sources: Iterable[Source]) -> int | None:
    """Give how large logs are; None where one may be long in coming, or is not there."""
    total = 0
    for source in sources:
        there = _status(source)
        if there is None or not stat.S_ISREG(there.st_mode):
            return None
        total += there.st_size
    return total


def refuse_source(path: Path | None, sources: Iterable[Source]) -> None:
    """See that what is made of logs takes the place of none of them, even where that is forced.

    Args:
        path: where it is written; None for stdout.

    Raises:
        UsageError: it would.
    """
    if path is None or not path.exists():
        return
    for source in sources:
        there = _status(source)
        if there is not None and os.path.samestat(there, path.stat()):
            raise UsageError(f"{path} is what is read, and stays; give another name")


def _status(source: Source) -> os.stat_result | None:
    """Give what the system says of a log; None where it is not there."""
    try:
        return os.fstat(STDIN) if source.path is None else source.path.stat()
    except OSError:
        return None


def is_growing(source: Source) -> bool:
    """Say whether somebody writes a log, so that an unterminated end is not bad."""
    return source.path is not None and source.experiment_id is not None and is_locked(source.path)
