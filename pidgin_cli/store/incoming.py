"""A log that comes by a pipe: given as it comes, unpacked where it is an archive."""

from __future__ import annotations

from collections.abc import Iterator

from pidgin_cli.store.extraction import GZIP, UNPACKING, Unpacking, unpacked


def incoming_blocks(
    blocks: Iterator[bytes], name: str, unpacking: Unpacking = UNPACKING
) -> Iterator[bytes]:
    """Give a log as it comes; nothing but its first block says whether it is an archive.

    Args:
        name: what to call it where it is damaged.

    Raises:
        StoreError: it is a damaged archive; what was whole came before.
    """
    first = next(blocks, b"")
    if first == GZIP[:1]:
        # No log begins with this byte, so that nobody is kept waiting for one.
        first += next(blocks, b"")
    if first.startswith(GZIP):
        yield from unpacked(_Coming(first, blocks), name, unpacking)
        return
    if first:
        yield first
    yield from blocks


class _Coming:
    """What comes, as a file that is read once; it never waits for more than there is."""

    def __init__(self, first: bytes, blocks: Iterator[bytes]) -> None:
        self._first = first
        self._blocks = blocks

    def read1(self, size: int, /) -> bytes:
        """Give the next block, whatever size was asked for; nothing at the end."""
        first, self._first = self._first, b""
        return first or next(self._blocks, b"")

    def seekable(self) -> bool:
        """Say that it is not."""
        return False

    def seek(self, offset: int, /) -> int:
        """Refuse to."""
        raise OSError("a pipe cannot be read again")
