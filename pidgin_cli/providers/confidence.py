"""What a service was sent in confidence, hidden in everything that it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pidgin_cli.providers.wire import StreamMessage

SHORTEST_SECRET = 8
"""Characters below which a value is an ordinary word, which a service may well say."""
HIDDEN = "[key]"


class Confidence:
    """Hides secrets before anybody reads, cuts or records the words that hold them.

    Args:
        key: hidden everywhere.
        headers: values that may hold a key, and may be a plain address, too: they are hidden in
            errors, and not in what a model says.
    """

    def __init__(self, key: str | None, headers: Iterable[str]) -> None:
        self._key = key
        self._secrets = [each for each in (key, *headers) if each and len(each) >= SHORTEST_SECRET]

    def text(self, words: str) -> str:
        """Give the words without any secret, and without one that is cut off at their end."""
        for secret in self._secrets:
            words = words.replace(secret, HIDDEN)
            for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
                if words.endswith(secret[:length]):
                    words = words[:-length] + HIDDEN
                    break
        return words

    def body(self, body: bytes) -> bytes:
        """Give the body of an error without any secret."""
        # Latin-1 gives every byte a character and takes it back; keys are ASCII.
        return self.text(body.decode("latin-1")).encode("latin-1")

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Give the headers of an answer without any secret."""
        return {name: self.text(value) for name, value in headers.items()}

    def message(self, message: StreamMessage) -> StreamMessage:
        """Give a message of a stream without the key."""
        if self._key and self._key in message.data:
            return replace(message, data=message.data.replace(self._key, HIDDEN))
        return message
