"""A pipe: messages in one direction, between this process and one that it starts."""

from __future__ import annotations

import fcntl
import os
import pickle
from contextlib import suppress
from typing import Any

from pidgin_cli.files.descriptors import write_all

_ROOM = 1 << 20
"""Bytes that a pipe holds where the system lets it, so that those at its ends seldom wait."""
_SIZE = 8
"""Bytes before each message, which say how long it is."""


class Pipe:
    """Messages from one end to the other; each process closes the end that it does not use."""

    def __init__(self) -> None:
        self.source, self.sink = os.pipe()
        resize = getattr(fcntl, "F_SETPIPE_SZ", None)
        if resize is not None:
            with suppress(OSError):
                fcntl.fcntl(self.sink, resize, _ROOM)

    def send(self, message: object) -> None:
        """Send a message, and wait for the other end where the pipe is full."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        write_all(self.sink, len(data).to_bytes(_SIZE, "little") + data)

    def receive(self) -> Any:
        """Give the next message.

        Raises:
            EOFError: nobody is there any more who could send one.
        """
        size = int.from_bytes(self._exactly(_SIZE), "little")
        return pickle.loads(self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        pieces = []
        while size:
            piece = os.read(self.source, size)
            if not piece:
                raise EOFError
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)
