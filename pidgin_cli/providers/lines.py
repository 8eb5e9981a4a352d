"""From the bytes of a stream of JSON lines to its messages, however they are cut."""

from __future__ import annotations

import codecs

import orjson

from pidgin_cli.providers.wire import StreamMessage


class LineDecoder:
    """Reads one message a line, which a line feed ends and nothing else.

    Bytes that are no UTF-8 become U+FFFD.
    """

    def __init__(self) -> None:
        self._partial: list[bytes] = []
        self._at_start = True

    @property
    def stray(self) -> str:
        """Nothing: every line is a message."""
        return ""

    def feed(self, block: bytes) -> list[StreamMessage]:
        """Give the messages that these bytes complete; empty lines are none."""
        first, *others = block.split(b"\n")
        self._partial.append(first)
        if not others:
            return []
        lines = [b"".join(self._partial), *others]
        self._partial = [lines.pop()]
        return self._messages(lines)

    def finish(self) -> list[StreamMessage]:
        """Give the last line where only its line feed is missing; a torn one is dropped."""
        line = b"".join(self._partial)
        self._partial = []
        try:
            orjson.loads(line)
        except orjson.JSONDecodeError:
            return []
        return self._messages([line])

    def _messages(self, lines: list[bytes]) -> list[StreamMessage]:
        if self._at_start:
            self._at_start = False
            lines[0] = lines[0].removeprefix(codecs.BOM_UTF8)
        return [StreamMessage(line.decode(errors="replace")) for line in lines if line.strip()]
