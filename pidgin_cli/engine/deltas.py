"""What is recorded of a response under way: joined pieces of text, and a sample of chunks."""

from __future__ import annotations

from typing import Literal

MAX_CHARACTERS = 1000
"""Characters that make a delta whole before its time."""


class DeltaJoiner:
    """Gathers pieces of text until enough time has passed or enough characters have come.

    Args:
        join_seconds: 0 leaves every piece as it came.
    """

    def __init__(self, join_seconds: float, max_characters: int = MAX_CHARACTERS) -> None:
        self._join_seconds = join_seconds
        self._max_characters = max_characters
        self._pieces: list[str] = []
        self._characters = 0
        self._since = 0.0

    @property
    def waiting(self) -> bool:
        """Whether there is text that is not whole yet."""
        return bool(self._pieces)

    def feed(self, text: str, at: float) -> list[str]:
        """Take in a piece that came at that second, and give the deltas that are whole now."""
        whole = []
        if self._pieces and at - self._since >= self._join_seconds:
            whole.append(self.flush())
        if not self._pieces:
            self._since = at
        self._pieces.append(text)
        self._characters += len(text)
        if self._characters >= self._max_characters or self._join_seconds == 0:
            whole.append(self.flush())
        return whole

    def flush(self) -> str:
        """Give what has gathered, "" where there is nothing."""
        delta = "".join(self._pieces)
        self._pieces.clear()
        self._characters = 0
        return delta


class ChunkSample:
    """Chooses the chunks that are recorded: the first, every tenth and the last; all; none."""

    def __init__(self, which: Literal["sampled", "all", "none"]) -> None:
        self._which = which
        self._index = -1
        self._left_out: tuple[int, int, float] | None = None

    def feed(self, characters: int, elapsed: float) -> tuple[int, int, float] | None:
        """Take in a chunk; give index, characters and seconds where it is to be recorded."""
        self._index += 1
        chunk = (self._index, characters, elapsed)
        recorded = self._which == "all" or (self._which == "sampled" and self._index % 10 == 0)
        self._left_out = None if recorded or self._which == "none" else chunk
        return chunk if recorded else None

    def last(self) -> tuple[int, int, float] | None:
        """Give the last chunk, unless it has been recorded."""
        left_out, self._left_out = self._left_out, None
        return left_out
