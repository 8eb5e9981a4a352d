"""How a service is spoken to, apart from the transport: what goes out, and how answers are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pidgin_cli.providers.base import Chunk, ProviderError, RateLimited, Request


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP POST, without its headers.

    Args:
        path: behind the base URL; it begins with a slash.
        body: becomes JSON.
    """

    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """One message of a stream: of server-sent events, or one line of JSON (then without event)."""

    data: str
    event: str = ""


class Decoder(Protocol):
    """Reads the messages of one answer. It is pure: nothing but what it is fed decides."""

    def feed(self, message: StreamMessage) -> Iterable[Chunk]:
        """Give the chunks of a message; unknown messages give none.

        Raises:
            ProviderError: the message is an error of the service, or cannot be read.
        """

    def finish(self) -> Iterable[Chunk]:
        """Give what is left when the stream has ended.

        Raises:
            ProviderError: `stream_broken`: the service's own end has not come.
        """


class Dialect(Protocol):
    """How one service is asked and understood. One object serves all calls to it."""

    @property
    def framing(self) -> Literal["sse", "lines"]:
        """How the messages of an answer are told apart."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What every request carries, beside the key."""

    def check(self, model: str, parameters: Mapping[str, Any]) -> None:
        """See that the parameters can be asked of that model.

        Raises:
            UsageError: one cannot; says which, and what to do.
        """

    def sent(self, request: Request) -> Mapping[str, Any]:
        """Give the parameters that the call of this request carries."""

    def call(self, request: Request) -> Call:
        """Give the HTTP request."""

    def key_headers(self, key: str) -> Mapping[str, str]:
        """Give the headers that carry the key."""

    def decoder(self, request: Request) -> Decoder:
        """Give a new decoder for the answer."""

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """Give the error that an answer of another status than 2xx means."""

    def rate_limit(self, headers: Mapping[str, str]) -> RateLimited | None:
        """Give a warning where the headers of an answer say that a limit is near."""
