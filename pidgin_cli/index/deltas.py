"""Runs of pieces of text, passed over by their bytes: they are counted, and never parsed.

Only lines that are exactly as pidgin writes them are passed over, from the first byte to the last,
so that nothing which such a line may hide, or lack, is overlooked. All others go the long way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

TYPE = b'"type":"response.streaming"'
NEAR = 128
"""Bytes from its beginning within which a line of pidgin's own says its type."""

_COUNT = rb"(?:0|[1-9][0-9]{0,8})"
_TEXT = (
    rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
)
_LINE = (
    rb'\{"v":1,"id":"[0-9A-Za-z._-]{1,64}","type":"response\.streaming","experiment_id":"%b",'
    rb'"timestamp":(?P<timestamp>[1-9][0-9]{0,9}(?:\.[0-9]{1,6})?),"turn_number":%b,'
    rb'"agent_id":"[0-9A-Za-z._-]{1,64}","data":\{"response":%b,"index":%b,"delta":"%b"\}\}\n'
)


@dataclass(frozen=True, slots=True)
class Run:
    """Pieces of text of one experiment that follow one another.

    Args:
        end: where the block goes on behind them.
        timestamp: Unix seconds of the last one.
    """

    end: int
    count: int
    timestamp: float


class Runs:
    """Finds the runs of one experiment."""

    def __init__(self, experiment_id: str) -> None:
        name = re.escape(experiment_id.encode())
        line = _LINE % (name, _COUNT, _COUNT, _COUNT, _TEXT)
        self._run = re.compile(rb"(?:%b)++" % line)

    def at(self, block: bytes, position: int) -> Run | None:
        """Give the run that begins there, if one does."""
        found = self._run.match(block, position)
        if found is None:
            return None
        end = found.end()
        try:
            block[position:end].decode()
        except UnicodeDecodeError:
            return None
        return Run(end, block.count(b"\n", position, end), float(found["timestamp"]))
