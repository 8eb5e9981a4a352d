"""stdin and stdout: what is read and written as bytes, and flushed as a pipe expects."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator

from pidgin_cli.errors import PidginError, UsageError
from pidgin_cli.files import descriptors
from pidgin_cli.store.extraction import UNPACKING, Unpacking
from pidgin_cli.store.incoming import incoming_blocks
from pidgin_cli.store.reader import descriptor_blocks, nothing

STDIN, STDOUT, STDERR = 0, 1, 2
GATHERED = 1 << 16
"""Bytes that are gathered before they are written, while more input is at hand."""


def is_terminal(descriptor: int) -> bool:
    """Say whether a person sits at the other end."""
    return os.isatty(descriptor)


def stdin_blocks(idle: Callable[[], None] = nothing) -> Iterator[bytes]:
    """Give the bytes of stdin as soon as they are there.

    Args:
        idle: is called whenever the next read would block, so that a sink can be flushed.

    Raises:
        UsageError: stdin is closed.
        PidginError: it cannot be read.
    """
    try:
        os.read(STDIN, 0)
    except OSError as error:
        if error.errno == errno.EBADF:
            raise UsageError("cannot read stdin: it is closed") from None
        raise PidginError(f"cannot read stdin: {error.strerror}") from None
    yield from descriptor_blocks(STDIN, idle)


def stdin_log(
    idle: Callable[[], None] = nothing, unpacking: Unpacking = UNPACKING
) -> Iterator[bytes]:
    """Give the bytes of the log on stdin as soon as they are there, unpacked if it is an archive.

    Args:
        idle: is called whenever the next read would block, so that a sink can be flushed.

    Raises:
        UsageError: stdin is closed.
        PidginError: it cannot be read, or the archive is damaged.
    """
    return incoming_blocks(stdin_blocks(idle), "stdin", unpacking)


def write_all(data: bytes) -> None:
    """Write all of it to stdout.

    Raises:
        BrokenPipeError: nobody reads it any more.
        OSError: it cannot be written.
    """
    descriptors.write_all(STDOUT, data)


class Sink:
    """Gathers bytes for stdout; whoever reads the input flushes it before waiting for more."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Take bytes that are to be written."""
        if len(data) >= GATHERED:
            # They are not put together with what has gathered, which would be to copy them.
            self.flush()
            write_all(data)
            return
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= GATHERED:
            self.flush()

    def write_each(self, pieces: Iterable[bytes]) -> None:
        """Take all of these, and write everything."""
        for piece in pieces:
            self.write(piece)
        self.flush()

    def flush(self) -> None:
        """Write what has gathered."""
        pieces, self._pieces, self._size = self._pieces, [], 0
        if pieces:
            write_all(b"".join(pieces))
