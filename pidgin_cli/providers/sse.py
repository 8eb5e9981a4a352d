"""From the bytes of a stream of server-sent events to its messages, however they are cut."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

from pidgin_cli.providers.wire import StreamMessage

STRAY_CHARACTERS = 65_536
"""How much is kept of what is no part of an event stream."""
_LINE_END = re.compile("\r\n|\n|\r")
_IGNORED = frozenset({"id", "retry", ""})
_Decoder = getincrementaldecoder("utf-8-sig")


class EventStreamDecoder:
    """Reads an event stream. Bytes that are no UTF-8 become U+FFFD.

    Lines end in a line feed, a carriage return or both, and in nothing else: U+2028 and U+0085
    stand inside of what models say.
    """

    def __init__(self) -> None:
        self._decoder = _Decoder("replace")
        self._partial: list[str] = []
        self._after_return = False
        self._event = ""
        self._data: list[str] = []
        self._stray: list[str] = []
        self._stray_room = STRAY_CHARACTERS

    @property
    def stray(self) -> str:
        """The lines that are no fields of an event stream: an error page, or an object of JSON."""
        return "\n".join(self._stray)

    def feed(self, block: bytes) -> list[StreamMessage]:
        """Give the messages that these bytes complete."""
        return self._feed(self._decoder.decode(block))

    def finish(self) -> list[StreamMessage]:
        """Give the last message where only its empty line is missing; a torn line is dropped."""
        messages = self._feed(self._decoder.decode(b"", final=True))
        torn = "".join(self._partial)
        if not torn.startswith(("data", "event", ":")):
            self._line(torn)
        return messages + self._message()

    def _feed(self, text: str) -> list[StreamMessage]:
        if not text:
            return []
        if self._after_return and text[0] == "\n":
            text = text[1:]
        self._after_return = text.endswith("\r")
        first, *others = _LINE_END.split(text)
        self._partial.append(first)
        if not others:
            return []
        lines = ["".join(self._partial), *others]
        self._partial = [lines.pop()]
        messages: list[StreamMessage] = []
        for line in lines:
            if line:
                self._line(line)
            else:
                messages += self._message()
        return messages

    def _line(self, line: str) -> None:
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
        elif name == "event":
            self._event = value.removeprefix(" ")
        elif name not in _IGNORED and self._stray_room > 0:
            self._stray.append(line[: self._stray_room])
            self._stray_room -= len(line) + 1

    def _message(self) -> list[StreamMessage]:
        event, data = self._event, self._data
        self._event = ""
        if not data:
            return []
        self._data = []
        return [StreamMessage(data[0] if len(data) == 1 else "\n".join(data), event)]
