"""What a service was sent in confidence, hidden in everything that it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.wire import StreamMessage

SHORTEST_SECRET = 8
"""Characters below which a value is an ordinary word, which a service may well say."""
HIDDEN = "[key]"


class Confidence:
    """Hides secrets before anybody reads, cuts or records the words that hold them.

    Args:
        key: hidden everywhere.
        others: headers and proxies that may hold a secret, and may be plain words, too: they are
            hidden in errors, and not in what a model says.
    """

    def __init__(self, key: str | None, others: Iterable[str]) -> None:
        self._key = key
        self._secrets = [each for each in (key, *others) if each and len(each) >= SHORTEST_SECRET]

    def text(self, words: str) -> str:
        """Give the words without any secret, and without one that is cut off at their end."""
        for secret in self._secrets:
            words = words.replace(secret, HIDDEN)
            for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
                if words.endswith(secret[:length]):
                    words = words[:-length] + HIDDEN
                    break
        return words

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let no error out of this whose words hold a secret."""
        try:
            yield
        except ProviderError as error:
            error.message = self.text(error.message)
            error.args = (error.message,)
            raise
        except Exception as error:
            # A mistake of our own, whose words may repeat what was sent.
            words = self.text(str(error))
            if words == str(error):
                raise
            raise RuntimeError(f"{type(error).__name__}: {words}") from None

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
