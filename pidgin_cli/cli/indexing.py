"""Joining `index`: the store's logs or stdin on one side, the database on the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from pidgin_cli.cli.boundary import complain
from pidgin_cli.cli.reading import Reports
from pidgin_cli.cli.streams import stdin_blocks
from pidgin_cli.errors import ExitStatus
from pidgin_cli.index.build import Builder, Telling
from pidgin_cli.index.database import Connection, IndexFile, update
from pidgin_cli.index.lock import one_at_a_time
from pidgin_cli.index.logs import LogFile
from pidgin_cli.store.folder import ARCHIVE_SUFFIX, Folder
from pidgin_cli.store.reader import BadLine, file_blocks
from pidgin_cli.store.watch import Watch

NAME = "index.db"
"""Name of the database in the folder of the store."""

PAUSE = 0.2
"""Seconds between two looks at logs that are being written."""

LONGEST_WAIT = 0.5
"""Seconds after which is looked again, whatever was told."""


@dataclass(slots=True)
class Indexing:
    """Brings one database up to date, and keeps in mind how that went.

    Args:
        wait: whether to wait for somebody else who does the same.
        rebuild: whether to begin from nothing.
    """

    folder: Folder
    file: IndexFile
    wait: bool = False
    rebuild: bool = False
    _reports: Reports = field(default_factory=Reports)
    _failed: bool = False

    @property
    def status(self) -> ExitStatus:
        """Failed where a log could not be read, bad input where a line was left out."""
        if self._failed:
            return ExitStatus.FAILED
        return ExitStatus.BAD_INPUT if self._reports.count else ExitStatus.DONE

    def once(self) -> None:
        """Take in what is new in the logs.

        Raises:
            LockedError: somebody else does it already.
        """
        with self._locked():
            update(self.file, self._look, rebuild=self.rebuild)

    def forever(self) -> None:
        """Take in what is new in the logs, and then what comes.

        Raises:
            LockedError: somebody else does it already.
        """
        self.folder.make()
        with self._locked(), Watch(self.folder.root) as watch:
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
        with self._locked():
            # It is there from the beginning, so that others can read what has come.
            update(self.file, _nothing, rebuild=self.rebuild)
            update(self.file, lambda connection: self._builder(connection).stream(stdin_blocks))

    def _locked(self) -> AbstractContextManager[None]:
        return one_at_a_time(self.file.path, wait=self.wait, mode=self.file.mode)

    def _look(self, connection: Connection) -> None:
        self._builder(connection).update(log_files(self.folder))

    def _builder(self, connection: Connection) -> Builder:
        return Builder(connection, file_blocks, Telling(self._bad_line, self._failure))

    def _bad_line(self, source: str, line: int, offset: int, reason: str) -> None:
        self._reports(BadLine(source, line, offset, reason))

    def _failure(self, message: str) -> None:
        self._failed = True
        complain(message)


def log_files(folder: Folder) -> Iterator[LogFile]:
    """Give the log or the archive of every experiment of a folder."""
    for name, path in folder.files().items():
        yield LogFile(name, path, path.name.endswith(ARCHIVE_SUFFIX))


def index_file(folder: Folder, named: Path | None) -> IndexFile:
    """Give the database of a folder, or the one that was named."""
    if named is None:
        return IndexFile(folder.root / NAME, own=True, mode=folder.file_mode)
    return IndexFile(named, own=False, mode=folder.file_mode)


def _nothing(connection: Connection) -> None:
    """Leave the database as it is."""
