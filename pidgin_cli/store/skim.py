"""Reading past the pieces of responses that the log goes on to give whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pidgin_cli.events.codec import decode
from pidgin_cli.events.event import SCHEMA_VERSION, Event

_PIECE = re.compile(
    rb'\{"v":1,"id":"[0-9a-f]{16}-[0-9]{6,18}","type":"response\.streaming",'
    rb'"experiment_id":"([A-Za-z0-9._-]++)","timestamp":[0-9]{1,15}(?:\.[0-9]{1,9})?,'
    rb'"turn_number":[0-9]{1,15},"agent_id":"[A-Za-z0-9_]++",'
    rb'"data":\{"response":[0-9]{1,15},"index":[0-9]{1,15},'
    rb'"delta":"(?:[^"\\\x00-\x1f]++|\\["\\/bfnrt])*+"\}\}\n'
)
"""A whole line of response.streaming as pidgin writes it, so that no key can stand in it twice."""

_GIVES_WHOLE = frozenset({"response.completed", "response.interrupted"})
_CUTS = frozenset(
    {"response.started", "experiment.resumed", "experiment.completed", "experiment.failed"}
)
_MATTERS = _GIVES_WHOLE | _CUTS | {"experiment.started"}


class Skim:
    """Keeps the lines of a response under way unread until they turn out to be needed.

    They are not where the response ends with its whole text, which is nearly always. They are
    where it was cut without a word: then they are given before the event that shows it, or at the
    end. Lines of an experiment that did not begin here, and lines that are not just as this
    program writes them, are read as they come.
    """

    def __init__(self) -> None:
        self._kept: dict[bytes, list[bytes]] = {}

    def keeps(self, line: bytes) -> bool:
        """Say whether this line is not to be read now."""
        match = _PIECE.fullmatch(line)
        if match is None or not (line.isascii() or _is_utf8(line)):
            return False
        kept = self._kept.get(match[1])
        if kept is None:
            return False
        kept.append(line)
        return True

    def before(self, event: Event) -> Iterable[Event]:
        """Give what turns out to be needed now that this event has come."""
        kind = event.type
        if kind not in _MATTERS or event.v != SCHEMA_VERSION:
            return ()
        key = event.experiment_id.encode(errors="replace")
        if kind == "experiment.started":
            self._kept.setdefault(key, [])
            return ()
        lines = self._kept.get(key)
        if not lines:
            return ()
        self._kept[key] = []
        return () if kind in _GIVES_WHOLE else map(decode, lines)

    def rest(self) -> Iterator[Event]:
        """Give what is needed because nothing comes any more."""
        for lines in self._kept.values():
            yield from map(decode, lines)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
