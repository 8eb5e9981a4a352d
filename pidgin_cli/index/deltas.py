"""Runs of pieces of text, passed over by their bytes: they are counted, and never parsed.

Only lines that are exactly as pidgin writes them are passed over, from the first byte to the last,
so that nothing which such a line may hide, or lack, is overlooked. All others go the long way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pidgin_cli.possessive import compiled

_COUNT = rb"(?:0|[1-9][0-9]{0,8}+)"
_TEXT = (
    rb'[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+'
)
_LINE = (
    rb'\{"v":1,"id":"[0-9A-Za-z._-]{1,64}+","type":"response\.streaming","experiment_id":"%b",'
    rb'"timestamp":(?P<timestamp>[1-9][0-9]{0,9}+(?:\.[0-9]{1,6}+)?+),"turn_number":%b,'
    rb'"agent_id":"[0-9A-Za-z._-]{1,64}+","data":\{"response":%b,"index":%b,"delta":"%b"\}\}\n'
)


class Run(NamedTuple):
    """Pieces of text of one experiment that follow one another.

    Args:
        end: where the block goes on behind them.
        timestamp: Unix seconds of the last one.
    """

    end: int
    pieces: int
    timestamp: float


class Runs:
    """Finds the runs of one experiment."""

    def __init__(self, experiment_id: str) -> None:
        name = re.escape(experiment_id.encode())
        line = _LINE % (name, _COUNT, _COUNT, _COUNT, _TEXT)
        self._run = compiled(rb"(?:%b)++" % line)

    def at(self, block: bytes, position: int) -> Run | None:
        """Give the run that begins there, if one does."""
        found = self._run.match(block, position)
        if found is None:
            return None
        end = found.end()
        run = found[0]
        try:
            run.decode()
        except UnicodeDecodeError:
            return None
        return Run(end, run.count(b"\n"), float(found["timestamp"]))


@lru_cache(maxsize=64)
def runs_of(experiment_id: str) -> Runs:
    """Give what finds the runs of an experiment, which is made once for those that come often."""
    return Runs(experiment_id)
