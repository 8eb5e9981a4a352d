"""Putting an archive in the place of a log, so that a whole copy exists at every instant."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pidgin_cli.errors import LockedError, StoreError, UnknownExperimentError, UsageError
from pidgin_cli.files.descriptors import is_named, sync_folder, write_all
from pidgin_cli.store.archive import LEVEL, MEMBER, Contents, packed
from pidgin_cli.store.extraction import unpacked
from pidgin_cli.store.folder import archive_of
from pidgin_cli.store.inflation import BLOCK, sound_blocks
from pidgin_cli.store.lock import LOCK

if TYPE_CHECKING:
    from concurrent.futures import Executor

_AT_ONCE = 2 * MEMBER
"""Bytes of a log that are read at once: what can be a member without being put together."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How logs are packed.

    Args:
        level: 1, fastest, to 9, smallest.
        keep: whether the log stays beside its archive.
        force: whether an archive that holds something else than the log's beginning is replaced.
        executor: packs several members at a time.
        progress: is told of every block of a log, by its size, when it is read.
    """

    level: int = LEVEL
    keep: bool = False
    force: bool = False
    executor: Executor | None = None
    progress: Callable[[int], None] | None = None


def leftover_of(log: Path) -> Path:
    """Give the path of an archive that is not ready; one of a killed process is written over."""
    return log.with_name(f".{log.name}.gz.tmp")


def pack(log: Path, packing: Packing = Packing()) -> Contents:
    """Put an archive in the place of a log that nobody writes, which is locked meanwhile.

    The archive is on the disk, was read back and compared before the log goes. Where one is there
    already that holds the log or its beginning, as a killed process leaves it, the work is ended.

    Raises:
        UnknownExperimentError: there is no such log.
        LockedError: somebody writes it, or packs it at this instant.
        UsageError: the archive that is there holds something else.
        StoreError: a file cannot be read or written; the log is as it was.
    """
    archive, leftover = archive_of(log), leftover_of(log)
    with _locked(log) as descriptor:
        before = os.fstat(descriptor)
        try:
            if not _holds_it(archive, descriptor, packing.force):
                _write(leftover, log, descriptor, packing)
                _check_unchanged(log, descriptor, before)
                os.rename(leftover, archive)
            sync_folder(log.parent)
            size = archive.stat().st_size
            if not packing.keep:
                _check_unchanged(log, descriptor, before)
                # A power cut may bring it back; the next one takes it away again.
                log.unlink()
        except OSError as error:
            raise StoreError(f"cannot pack {log}: {error.strerror}") from None
        finally:
            # Nobody else makes it while the log is locked.
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return Contents(size, before.st_size)


@contextmanager
def _locked(log: Path) -> Iterator[int]:
    try:
        descriptor = os.open(log, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise UnknownExperimentError(f"no such log: {log}") from None
    except OSError as error:
        raise StoreError(f"cannot open {log}: {error.strerror}") from None
    try:
        if not LOCK.acquire(descriptor) or not is_named(log, descriptor):
            raise LockedError(f"{log} is being written or packed by another process")
        yield descriptor
    finally:
        os.close(descriptor)


def _holds_it(archive: Path, descriptor: int, force: bool) -> bool:
    """Say whether the archive is there and holds all of the log."""
    if not archive.exists():
        return False
    compared = 0
    try:
        for mine, other in _side_by_side(descriptor, archive):
            if mine[: len(other)] != other:
                break
            compared += len(other)
            if mine != other:
                # It holds the beginning only: the log went on, and is the whole copy.
                return False
        else:
            return compared == os.fstat(descriptor).st_size
    except StoreError:
        # A damaged one is no copy of anything.
        return False
    if force:
        return False
    raise UsageError(
        f"{archive} holds something else than the log beside it, from byte {compared} on; "
        "--force replaces it"
    )


def _write(leftover: Path, log: Path, descriptor: int, packing: Packing) -> None:
    """Write the archive, bring it to the disk, and see that it holds the log."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    source = os.fstat(descriptor)
    with os.fdopen(os.open(leftover, flags, 0o600), "wb", buffering=0) as file:
        for member in packed(_told(descriptor, packing), packing.level, packing.executor):
            write_all(file.fileno(), member)
        _dress(file.fileno(), source)
        os.fsync(file.fileno())
    if not _holds_all_of(leftover, descriptor):
        raise StoreError(
            f"what was packed of {log} cannot be read back as it was written, which the disk may "
            "be at fault for; the log stays as it is"
        )


def _holds_all_of(archive: Path, descriptor: int) -> bool:
    """Say whether any reader of gzip finds in an archive what is in the log."""
    position = 0
    with archive.open("rb", buffering=0) as file:
        try:
            for block in sound_blocks(partial(file.read, BLOCK)):
                if block != os.pread(descriptor, len(block), position):
                    return False
                position += len(block)
        except ValueError:
            return False
    return position == os.fstat(descriptor).st_size


def _dress(descriptor: int, source: os.stat_result) -> None:
    """Give a file the owner, the mode and the time of another one."""
    if (os.geteuid(), os.getegid()) != (source.st_uid, source.st_gid):
        # Only some may give a file away; to others it then belongs to who packed it.
        with suppress(PermissionError):
            os.fchown(descriptor, source.st_uid, source.st_gid)
    os.fchmod(descriptor, source.st_mode & 0o777)
    os.utime(descriptor, ns=(source.st_atime_ns, source.st_mtime_ns))


def _check_unchanged(log: Path, descriptor: int, before: os.stat_result) -> None:
    now = os.fstat(descriptor)
    same = (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    if not same or not is_named(log, descriptor):
        raise StoreError(f"{log} was changed while it was packed; it stays as it is")


def _told(descriptor: int, packing: Packing) -> Iterator[bytes]:
    for block in _blocks(descriptor):
        if packing.progress is not None:
            packing.progress(len(block))
        yield block


def _blocks(descriptor: int) -> Iterator[bytes]:
    position = 0
    while block := os.pread(descriptor, _AT_ONCE, position):
        yield block
        position += len(block)


def _side_by_side(descriptor: int, archive: Path) -> Iterator[tuple[bytes, bytes]]:
    """Give the log and what an archive unpacks to, in pieces of the same place."""
    position = 0
    with archive.open("rb") as file:
        for block in unpacked(file, str(archive)):
            yield os.pread(descriptor, len(block), position), block
            position += len(block)
    if rest := os.pread(descriptor, BLOCK, position):
        yield rest, b""


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Keep others from going through the same folder.

    Raises:
        LockedError: somebody goes through it already.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LockedError(f"another process compresses what is in {folder}") from None
    except OSError:
        # Not every file system can lock a folder; each log has a lock of its own.
        pass
    try:
        yield
    finally:
        os.close(descriptor)
