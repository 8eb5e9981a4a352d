"""Runs of pieces of text, passed over by their bytes: they are counted, and never parsed.

Only lines that are exactly as pidgin writes them are passed over, from the first byte to the last,
so that nothing which such a line may hide, or lack, is overlooked. All others go the long way.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pidgin_cli.events.written import COUNT, STRING, TIMESTAMP, Line
from pidgin_cli.possessive import compiled

_DATA = rb'\{"response":%b,"index":%b,"delta":%b\}' % (COUNT, COUNT, STRING)


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
        line = Line(
            rb'"response\.streaming"',
            _DATA,
            experiment_id=rb'"%b"' % re.escape(experiment_id.encode()),
            timestamp=rb"(?P<timestamp>%b)" % TIMESTAMP,
        )
        self._run = compiled(rb"(?:%b)++" % line.whole)

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
