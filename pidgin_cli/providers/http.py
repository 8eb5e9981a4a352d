"""HTTP: posts, and answers whose bodies arrive in blocks. Nothing else knows httpx."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

from pidgin_cli.providers.base import ProviderError
from pidgin_cli.providers.http_failures import CONNECT_SECONDS, failure_from
from pidgin_cli.providers.pace import Pace
from pidgin_cli.version import VERSION

if TYPE_CHECKING:
    import httpx

READ_SECONDS = 600.0
"""How long a service may think before it says the next thing."""
ERROR_BYTES, ERROR_SECONDS = 65_536, 5.0
"""How much of an error's body is read, and for how long."""
IDLE_CONNECTIONS, IDLE_SECONDS = 100, 60.0
"""Kept for the next turn, which comes when the other agents have answered."""


class Answer:
    """The answer to a post: its head is here, its body comes in blocks.

    Args:
        place: host and port that answer.
    """

    def __init__(self, response: httpx.Response, place: str, pace: Pace) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = dict(response.headers)
        self._response = response
        self._arriving = _body_of(response)
        self._place = place
        self._pace = pace

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """Give the body as it arrives.

        Raises:
            ProviderError: it breaks off.
        """
        try:
            async with aclosing(self._pace.blocks(self._arriving)) as blocks:
                async for block in blocks:
                    yield block
            return
        except Exception as error:
            failure = failure_from(error, "stream_broken", self._place)
            if failure is None:
                raise
        # Raised out here, so that the foreign error, which knows the headers, does not hang on it.
        raise failure

    async def beginning(self) -> bytes:
        """Give the beginning of an error's body, as far as it comes within some seconds."""
        body = b""
        with suppress(ProviderError, TimeoutError):
            async with asyncio.timeout(ERROR_SECONDS), aclosing(self.blocks()) as blocks:
                async for block in blocks:
                    body += block
                    if len(body) >= ERROR_BYTES:
                        break
        return body[:ERROR_BYTES]

    async def close(self) -> None:
        """Let go of the connection, which is used again where the body was read to its end."""
        with suppress(Exception):
            await self._response.aclose()
        # The generators inside httpx end when they find their connection gone; left alone, each
        # would be ended by a task of the event loop at some later time.
        with suppress(Exception):
            async for _ in self._arriving:
                pass


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of a server; `silence` in seconds."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    silence: float

    @property
    def place(self) -> str:
        """Host and port as they stand in the URL, and nothing that is secret there."""
        found = re.match(r"[a-z]+://([^/?#]*)", self.url)
        return (found and found[1].rpartition("@")[2]) or "the service"


class Http:
    """The HTTP client of a run, made at the first call; proxies of the environment are honoured."""

    def __init__(self) -> None:
        self._made: httpx.AsyncClient | None = None
        self._pace = Pace()

    @cached_property
    def proxy_secrets(self) -> tuple[str, ...]:
        """What the proxies of the environment are told of who asks: names, and passwords."""
        from urllib.request import getproxies

        found = (re.match(r"[^/]*//([^/@]*)@", address) for address in getproxies().values())
        return tuple(each for match in found if match for each in match[1].split(":"))

    def post(
        self, url: str, headers: Mapping[str, str], body: bytes, silence: float = READ_SECONDS
    ) -> AbstractAsyncContextManager[Answer]:
        """Send, and give the answer when its head is here; behind it the connection is let go.

        Args:
            silence: seconds after which an answer is given up.

        Raises:
            ProviderError: there is no answer.
        """
        return self._exchange(_Request("POST", url, headers, body, silence))

    def get(
        self, url: str, headers: Mapping[str, str], silence: float = READ_SECONDS
    ) -> AbstractAsyncContextManager[Answer]:
        """Ask for what is there, and give the answer as `post` does.

        Raises:
            ProviderError: there is no answer.
        """
        return self._exchange(_Request("GET", url, headers, None, silence))

    @asynccontextmanager
    async def _exchange(self, request: _Request) -> AsyncGenerator[Answer, None]:
        response = await self._send(request)
        answer = Answer(response, request.place, self._pace)
        try:
            yield answer
        finally:
            await answer.close()

    async def close(self) -> None:
        """Close all connections. A later call makes a new client."""
        client, self._made = self._made, None
        if client is not None:
            await client.aclose()

    async def _send(self, asked: _Request) -> httpx.Response:
        try:
            return await self._client().send(self._built(asked), stream=True)
        except Exception as error:
            failure = failure_from(error, "connection", asked.place)
            if failure is None:
                raise
        raise failure

    def _built(self, asked: _Request) -> httpx.Request:
        import httpx

        return self._client().build_request(
            asked.method,
            asked.url,
            headers=dict(asked.headers),
            content=asked.body,
            timeout=httpx.Timeout(asked.silence, connect=CONNECT_SECONDS, pool=None),
        )

    def _client(self) -> httpx.AsyncClient:
        if self._made is None:
            import httpx

            from pidgin_cli.providers.http11.transport import DirectTransport

            self._made = httpx.AsyncClient(
                # Compression would hold small pieces back, and text costs nothing to carry.
                headers={"user-agent": f"pidgin/{VERSION}", "accept-encoding": "identity"},
                # httpx asks the environment for proxies where it is given no transport.
                transport=None if proxied() else DirectTransport(IDLE_CONNECTIONS, IDLE_SECONDS),
                limits=httpx.Limits(
                    max_connections=None,
                    max_keepalive_connections=IDLE_CONNECTIONS,
                    keepalive_expiry=IDLE_SECONDS,
                ),
            )
        return self._made


def proxied() -> bool:
    """Say whether the environment names a proxy for any address of HTTP."""
    from urllib.request import getproxies

    return not {"http", "https", "all"}.isdisjoint(getproxies())


def _body_of(response: httpx.Response) -> AsyncIterator[bytes]:
    """Give the body without its compression; where there is none, on the shortest way."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return response.aiter_bytes()
    return aiter(cast("httpx.AsyncByteStream", response.stream))
