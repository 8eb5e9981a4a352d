"""The line of an event as `encode` writes it, as expressions of its bytes.

What such an expression matches, from its first byte to the last, is an event and holds nothing
twice, in what is known to be UTF-8. Who passes over such lines, or changes them where they stand,
need not parse them; every other line takes the long way.
"""

from __future__ import annotations

from typing import NamedTuple

from pidgin_cli.events.event import SCHEMA_VERSION

_LETTERS = rb"[ !#-\[\]-\xff]*+"
"""What stands for itself; to say so of what does not would be shorter, and match more slowly."""
TEXT = _LETTERS + rb'(?:\\["\\/bfnrt]' + _LETTERS + b")*+"
"""What stands between the quotes of strings whose escapes are short, as nearly all are."""
STRING = b'"' + TEXT + b'"'
NAME = rb"[0-9A-Za-z._-]{1,128}+"
COUNT = rb"(?:0|[1-9][0-9]{0,8}+)"
TIMESTAMP = rb"[1-9][0-9]{0,9}+(?:\.[0-9]{1,6}+)?+"
_NAMED = b'"' + NAME + b'"'


class Line(NamedTuple):
    """The expression of lines; of each value of the envelope, that of its JSON."""

    type: bytes
    data: bytes
    experiment_id: bytes = _NAMED
    id: bytes = _NAMED
    timestamp: bytes = TIMESTAMP
    turn_number: bytes = COUNT
    agent_id: bytes = _NAMED

    @property
    def head(self) -> bytes:
        """Give the expression of how a line begins: its version, its id, its type and whose."""
        return rb'\{"v":%d,"id":%b,"type":%b,"experiment_id":%b,' % (
            SCHEMA_VERSION,
            self.id,
            self.type,
            self.experiment_id,
        )

    @property
    def whole(self) -> bytes:
        """Give the expression of a whole line, with its newline."""
        return self.head + rb'"timestamp":%b,"turn_number":%b,"agent_id":%b,"data":%b\}\n' % (
            self.timestamp,
            self.turn_number,
            self.agent_id,
            self.data,
        )
