"""Files that appear whole or not at all, and never take the place of another one unasked."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from pidgin_cli.errors import PidginError, UsageError

_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def refuse_link(path: Path) -> None:
    """See that a file is written by its own name: neither through a link nor in its place.

    Raises:
        UsageError: a link has that name, wherever it leads.
    """
    if path.is_symlink():
        raise UsageError(f"{path} is a symbolic link and stays; give the name of the file itself")


def refuse_existing(path: Path, *, overwrite: bool = False) -> None:
    """See that nothing would be overwritten unasked.

    Raises:
        UsageError: something is there, or it is a link, a folder, a device or a pipe; or the
            folder for it is not there; or the name is the one that stands for stdout.
    """
    if str(path) == "-":
        # Elsewhere that is stdout; as a file it would hardly be found again.
        raise UsageError("- is no name for a file: give another, or leave the option out")
    refuse_link(path)
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the name of a file in it")
    if not path.parent.exists():
        raise UsageError(
            f"there is no folder {path.parent}: make it, or give another name than {path}"
        )
    if path.exists() and not path.is_file():
        # Taking its name would take a device such as /dev/null from the whole machine.
        raise UsageError(f"{path} is no regular file and stays; give another name")
    if not overwrite and os.path.lexists(path):
        raise UsageError(f"{path} exists already: give another name, or --force to replace it")


@contextmanager
def whole_file(
    path: Path, *, overwrite: bool = False, mode: int = 0o600, lasting: bool = True
) -> Iterator[BinaryIO]:
    """Give a stream whose bytes become the file when the block ends well, and vanish otherwise.

    Args:
        lasting: whether it takes its name only when the disk has it.

    Raises:
        UsageError: there is such a file, also one that came meanwhile, and it is to stay; or a
            link.
        PidginError: it cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    try:
        temporary = _temporary_beside(path)
        try:
            descriptor = os.open(temporary, _MAKE, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                os.fchmod(descriptor, mode)
                yield stream
                stream.flush()
                if lasting:
                    os.fsync(descriptor)
            _take_name(temporary, path, overwrite=overwrite)
        finally:
            _surely(partial(temporary.unlink, missing_ok=True))
    except BrokenPipeError:
        # That is about a stream that was read or written in the block, never about this file.
        raise
    except OSError as error:
        raise PidginError(f"{path} cannot be written: {error.strerror or error}") from error


@contextmanager
def whole_folder(path: Path, *, overwrite: bool = False, suffix: str) -> Iterator[Path]:
    """Give a folder that takes its name when the block ends well, and vanishes otherwise.

    Args:
        overwrite: whether one that is there is replaced; it is not if it holds anything but files
            with this suffix, for it was not made here.

    Raises:
        UsageError: there is such a folder, and it is to stay; or a link.
        PidginError: it cannot be made.
    """
    _refuse_folder(path, overwrite=overwrite, suffix=suffix)
    try:
        temporary = _temporary_beside(path)
        made, old = temporary / "new", temporary / "old"
        try:
            temporary.mkdir(mode=0o700)
            made.mkdir(mode=0o700)
            yield made
            _refuse_folder(path, overwrite=overwrite, suffix=suffix)
            if path.exists():
                path.rename(old)
            made.rename(path)
        finally:
            _surely(partial(_leave_nothing, temporary, old, path))
    except OSError as error:
        raise PidginError(f"{path} cannot be written: {error.strerror or error}") from error


def _temporary_beside(path: Path) -> Path:
    """Give a name that is known, and can be taken away, before anything has it."""
    return path.parent / f".pidgin-{os.urandom(8).hex()}.tmp"


def _surely(take_away: Callable[[], object]) -> None:
    """Take something away, and begin again where the exception of a signal comes in between."""
    try:
        take_away()
    except BaseException:
        take_away()
        raise


def _leave_nothing(temporary: Path, old: Path, path: Path) -> None:
    """Take a temporary folder away, but bring the old one back where nothing took its place."""
    if old.exists() and not os.path.lexists(path):
        old.rename(path)
    shutil.rmtree(temporary, ignore_errors=True)


def _refuse_folder(path: Path, *, overwrite: bool, suffix: str) -> None:
    refuse_link(path)
    if not path.exists():
        return
    if not overwrite:
        raise UsageError(f"{path} exists already: give another name, or --force to replace it")
    files = [each for each in path.rglob("*") if each.is_symlink() or not each.is_dir()]
    if not path.is_dir() or any(each.suffix != suffix for each in files):
        raise UsageError(f"{path} holds other things than *{suffix}: give another name")


def _take_name(temporary: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(path)
        return
    try:
        # Unlike a renaming, a link never takes the place of a file that came meanwhile.
        path.hardlink_to(temporary)
    except FileExistsError:
        refuse_existing(path)
    except OSError:
        # Not every file system has links.
        refuse_existing(path)
        temporary.replace(path)
