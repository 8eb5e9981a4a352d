"""Runs of pieces of text, passed over by their bytes: they are counted, and never parsed.

Only lines that are exactly as pidgin writes them are passed over, from the first byte to the last,
so that nothing which such a line may hide, or lack, is overlooked. All others go the long way.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pidgin_cli.events.written import COUNT, STRING, TIMESTAMP, Line
from pidgin_cli.possessive import compiled

_KIND = rb'"response\.streaming"'
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


def run_at(block: bytes, position: int, experiment_id: str) -> Run | None:
    """Give the run of an experiment that begins there, if one does."""
    found = _runs().match(block, position)
    if found is None or found["experiment"] != b'"%b"' % experiment_id.encode():
        return None
    run = found[0]
    try:
        run.decode()
    except UnicodeDecodeError:
        return None
    return Run(found.end(), run.count(b"\n"), float(found["timestamp"]))


@cache
def _runs() -> re.Pattern[bytes]:
    first = Line(_KIND, _DATA, experiment_id=rb'(?P<experiment>"[^"\\]++")')
    each = Line(
        _KIND,
        _DATA,
        experiment_id=b"(?P=experiment)",
        timestamp=rb"(?P<timestamp>%b)" % TIMESTAMP,
    )
    return compiled(rb"(?=%b)(?:%b)++" % (first.head, each.whole))
