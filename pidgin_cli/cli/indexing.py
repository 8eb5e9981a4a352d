"""Joining `index`: the store's logs or stdin on one side, the database on the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pidgin_cli.cli.boundary import cleaned_up, complain, silence
from pidgin_cli.cli.streams import stdin_log
from pidgin_cli.errors import ExitStatus, PidginError
from pidgin_cli.index.database import Connection, IndexFile, is_index, update
from pidgin_cli.index.lock import one_at_a_time
from pidgin_cli.index.sources import LogFile, changes
from pidgin_cli.store.folder import Folder, is_archive

if TYPE_CHECKING:
    from pidgin_cli.index.build import Builder
    from pidgin_cli.store.sources import Source

PAUSE = 0.2
"""Seconds between two looks at logs that are being written."""

QUICKLY_READ = 50_000_000
"""Bytes of logs of which an index is made at the end of a run."""

LONGEST_WAIT = 0.5
"""Seconds after which is looked again, whatever was told."""


@dataclass(slots=True)
class Indexing:
    """Brings one database up to date, and keeps in mind how that went.

    Args:
        wait: whether to wait for somebody else who does the same.
        rebuild: whether to begin from nothing.
        cores: processors that are used; several only where no thread runs.
        say: is told of what is bad or cannot be read.
    """

    folder: Folder
    file: IndexFile
    wait: bool = False
    rebuild: bool = False
    cores: int = 1
    say: Callable[[str], None] = complain
    _failed: bool = False
    _bad_lines: int = 0

    @property
    def status(self) -> ExitStatus:
        """Failed where a log could not be read, bad input where a line was left out."""
        if self._failed:
            return ExitStatus.FAILED
        return ExitStatus.BAD_INPUT if self._bad_lines else ExitStatus.DONE

    def once(self) -> None:
        """Take in what is new in the logs.

        Raises:
            LockedError: somebody else does it already.
        """
        if self.file.own:
            self.folder.make()
        with cleaned_up(), self._locked():
            update(self.file, self._look, rebuild=self.rebuild)

    def forever(self) -> None:
        """Take in what is new in the logs, and then what comes.

        Raises:
            LockedError: somebody else does it already.
        """
        from pidgin_cli.store.watch import Watch

        self.folder.make()
        with cleaned_up(), self._locked(), Watch(self.folder.root) as watch:
            update(self.file, self._look, rebuild=self.rebuild)
            while True:
                watch.wait(LONGEST_WAIT)
                # Many small writings are taken in together.
                time.sleep(PAUSE)
                update(self.file, self._look)

    def stdin(self) -> None:
        """Take in the events of stdin to its end.

        Raises:
            LockedError: somebody else writes to the database.
        """
        with cleaned_up(), self._locked():
            # It is there from the beginning, so that others can read what has come.
            update(self.file, lambda _: None, rebuild=self.rebuild)
            update(self.file, lambda connection: self._builder(connection).stream(stdin_log))

    def these(self, sources: Iterable[Source]) -> None:
        """Take in files from anywhere, by the names that were typed, and stdin."""
        listed = [*sources]

        def take_in(connection: Connection) -> None:
            files = (
                LogFile(source.name, source.path, is_archive(source.path), stored=False)
                for source in listed
                if source.path is not None
            )
            builder, found = self._builder(connection), changes(connection, files)
            if found is not None:
                builder.take_in(found)
            if any(source.path is None for source in listed):
                builder.stream(stdin_log)

        update(self.file, take_in)

    def _locked(self) -> AbstractContextManager[None]:
        return one_at_a_time(self.file.path, wait=self.wait, mode=self.file.mode)

    def _look(self, connection: Connection) -> None:
        found = changes(connection, log_files(self.folder))
        if found is not None:
            self._builder(connection).take_in(found)

    def _builder(self, connection: Connection) -> Builder:
        # Where nothing is new, none of this is needed.
        from pidgin_cli.index.build import Builder, Telling
        from pidgin_cli.store.reader import file_blocks

        telling = Telling(self._bad_line, self._failure, self.say)
        return Builder(connection, file_blocks, telling, self.cores)

    def _bad_line(self, source: str, line: int, offset: int, reason: str) -> None:
        from pidgin_cli.store.reader import BadLine

        self._bad_lines += 1
        self.say(str(BadLine(source, line, offset, reason)))

    def _failure(self, message: str) -> None:
        self._failed = True
        self.say(message)


def index_after_run(folder: Folder) -> None:
    """Bring the index of a store up to date, quickly or not at all; nothing that fails matters.

    It is left to `pidgin index` where another process does it already, or where more would have to
    be read than a person likes to wait for at the end of a run.
    """
    indexing = Indexing(folder, index_file(folder, None), say=silence)
    with suppress(PidginError, OSError):
        size = sum(file.path.stat().st_size for file in log_files(folder))
        if size <= QUICKLY_READ or is_index(indexing.file.path):
            indexing.once()


def log_files(folder: Folder) -> Iterator[LogFile]:
    """Give the log or the archive of every experiment of a folder."""
    for name, path in folder.files().items():
        yield LogFile(name, path, is_archive(path))


def index_file(folder: Folder, named: Path | None) -> IndexFile:
    """Give the database of a folder, or the one that was named."""
    if named is None:
        return IndexFile.of_store(folder.root, folder.file_mode)
    return IndexFile(named, own=False, mode=folder.file_mode)
