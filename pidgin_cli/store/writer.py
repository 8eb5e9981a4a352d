"""The log of one experiment, being written: one write an event, whole lines, one writer."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from pidgin_cli.errors import (
    BadLineError,
    ExperimentExistsError,
    LockedError,
    StoreError,
)
from pidgin_cli.events.codec import decode
from pidgin_cli.events.lines import split_lines
from pidgin_cli.files.descriptors import is_named, sync_folder
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.reader import descriptor_blocks
from pidgin_cli.store.unpacking import unpack

_OPEN = os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Disk:
    """What is asked of a disk, and what it may refuse.

    Args:
        write: puts bytes at the end of an open file, and says how many.
        sync: returns when the bytes of an open file would outlast a power cut.
        sync_folder: returns when the names in a folder would.
    """

    write: Callable[[int, bytes], int] = os.write
    # Not every system can leave the times of a file out.
    sync: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)
    sync_folder: Callable[[Path], None] = sync_folder


DISK = Disk()


class Log(Protocol):
    """Where the lines of one experiment go."""

    def write(self, line: bytes) -> None:
        """Append one whole line."""

    def sync(self) -> None:
        """Return when all that was written is on the disk."""

    def close(self) -> None:
        """Let go of it."""


class NoLog:
    """A log that keeps nothing, for experiments that live on stdout alone."""

    def write(self, line: bytes) -> None:
        """Drop the line."""

    def sync(self) -> None:
        """Have nothing to wait for."""

    def close(self) -> None:
        """Have nothing to let go of."""


class FileLog:
    """An append-only file, locked for this writer until it is closed or its process dies.

    Args:
        descriptor: open for appending, and locked.
        always: whether every line waits for the disk.
    """

    def __init__(
        self, path: Path, descriptor: int, *, always: bool = False, disk: Disk = DISK
    ) -> None:
        self.path = path
        self.dirty = False
        self._is_named_on_disk = False
        self._descriptor = descriptor
        self._size = os.fstat(descriptor).st_size
        self._always = always
        self._disk = disk
        self._failed: str | None = None
        self._lost: str | None = None
        # Guards the descriptor against being closed while another thread waits for the disk.
        self._syncing = threading.Lock()

    @classmethod
    def create(
        cls, folder: Folder, experiment_id: str, *, always: bool = False, disk: Disk = DISK
    ) -> Self:
        """Make the log of a new experiment. An empty one that a crash has left is taken over.

        Raises:
            ExperimentExistsError: there is one of that id.
            LockedError: somebody else begins it at this instant.
            StoreError: the file cannot be made.
        """
        path = folder.log(experiment_id)
        folder.make()
        if folder.archive(experiment_id).exists():
            raise already_there(experiment_id, folder.archive(experiment_id))
        try:
            descriptor = os.open(path, _OPEN | os.O_CREAT, folder.file_mode)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise already_there(experiment_id, path) from None
            raise StoreError(f"cannot make {path}: {error.strerror}") from None
        with _closed_on_failure(path, descriptor):
            if os.fstat(descriptor).st_size > 0:
                raise already_there(experiment_id, path)
            _take(experiment_id, path, descriptor)
            log = cls(path, descriptor, always=always, disk=disk)
            if log._size > 0:
                # Somebody else was faster, and has let go of it again.
                raise already_there(experiment_id, path)
            os.fchmod(descriptor, folder.file_mode)
            return log

    @classmethod
    def open(
        cls, folder: Folder, experiment_id: str, *, always: bool = False, disk: Disk = DISK
    ) -> Self:
        """Take over the log of an experiment that nobody writes, and mend a torn end.

        An archive is unpacked, and is no more.

        Raises:
            UnknownExperimentError: there is no such log.
            LockedError: somebody else writes it.
            StoreError: the file cannot be opened, unpacked or mended.
        """
        path = folder.log(experiment_id)
        try:
            descriptor = os.open(path, _OPEN)
        except FileNotFoundError:
            descriptor = unpack(folder, experiment_id)
        except OSError as error:
            raise StoreError(f"cannot open {path}: {error.strerror}") from None
        with _closed_on_failure(path, descriptor):
            _take(experiment_id, path, descriptor)
            log = cls(path, descriptor, always=always, disk=disk)
            log._mend(folder.torn(experiment_id), folder.file_mode)
            return log

    def lines(self) -> Iterator[bytes]:
        """Give every line that is in the log now."""
        with open(os.dup(self._descriptor), "rb", buffering=0) as file:
            file.seek(0)
            yield from split_lines(descriptor_blocks(file.fileno()))

    def write(self, line: bytes) -> None:
        """Append one whole line, or nothing of it.

        Raises:
            StoreError: it could not be written, or an earlier line did not reach the disk.
        """
        if self._failed is not None:
            raise StoreError(self._failed)
        try:
            rest = line[self._disk.write(self._descriptor, line) :]
            while rest:
                written = self._disk.write(self._descriptor, rest)
                if written == 0:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                rest = rest[written:]
        except OSError as error:
            self._cut_back()
            self._failed = _failure(f"cannot write {self.path}", error)
            raise StoreError(self._failed) from None
        self._size += len(line)
        self.dirty = True
        if self._always:
            self.sync()

    def sync(self) -> None:
        """Return when all that was written is on the disk.

        Raises:
            StoreError: the disk refused. It is not asked again: what it dropped is not known.
        """
        with self._syncing:
            if self._lost is not None:
                raise StoreError(self._lost)
            if self._descriptor < 0:
                return
            self.dirty = False
            try:
                self._disk.sync(self._descriptor)
                if not self._is_named_on_disk:
                    self._disk.sync_folder(self.path.parent)
                    self._is_named_on_disk = True
            except OSError as error:
                self.dirty = True
                self._lost = self._failed = _failure(f"{self.path} did not reach the disk", error)
                raise StoreError(self._lost) from None

    def close(self) -> None:
        """Free the lock. A log into which nothing was written is taken away again."""
        with self._syncing:
            if self._descriptor < 0:
                return
            try:
                if self._size == 0 and is_named(self.path, self._descriptor):
                    self.path.unlink(missing_ok=True)
            finally:
                os.close(self._descriptor)
                self._descriptor = -1

    def _cut_back(self) -> None:
        # Where even that fails, the next writer finds a torn line and mends it.
        with suppress(OSError):
            os.ftruncate(self._descriptor, self._size)

    def _mend(self, torn: Path, mode: int) -> None:
        """End a last line that is whole, and move one that is not out of the log."""
        rest = self._unterminated()
        if not rest:
            return
        try:
            decode(rest)
        except BadLineError:
            self._move(rest, torn, mode)
        else:
            self.write(b"\n")

    def _unterminated(self) -> bytes:
        blocks: list[bytes] = []
        position = self._size
        while position > 0:
            step = min(1 << 16, position)
            position -= step
            block = os.pread(self._descriptor, step, position)
            newline = block.rfind(b"\n")
            blocks.append(block[newline + 1 :])
            if newline >= 0:
                break
        return b"".join(reversed(blocks))

    def _move(self, rest: bytes, torn: Path, mode: int) -> None:
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(torn, flags, mode)
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(file.fileno(), mode)
                file.write(rest + b"\n")
                file.flush()
                os.fsync(file.fileno())
            self._size -= len(rest)
            os.ftruncate(self._descriptor, self._size)
        except OSError as error:
            raise StoreError(f"cannot mend the torn end of {self.path}: {error}") from None


def _failure(what: str, error: OSError) -> str:
    hint = "; free some space there" if error.errno == errno.ENOSPC else ""
    return f"{what}: {error.strerror}{hint}"


@contextmanager
def _closed_on_failure(path: Path, descriptor: int) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"cannot open {path}: {error.strerror}") from None
    except BaseException:
        os.close(descriptor)
        raise


def _take(experiment_id: str, path: Path, descriptor: int) -> None:
    """Lock a log that was opened, which another may have done, or taken it away, in between."""
    if not LOCK.acquire(descriptor) or not is_named(path, descriptor):
        raise LockedError(f"experiment {experiment_id} is being written by another process")


def already_there(experiment_id: str, path: Path) -> ExperimentExistsError:
    """Give the error that says where an experiment of that id is."""
    return ExperimentExistsError(
        f"experiment {experiment_id} exists already: {path}; choose another --id"
    )
