"""What httpx sends requests with: the connections of a run, and one exchange over one of them."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import h11
import httpx

from pidgin_cli.providers.http11.addresses import connected
from pidgin_cli.providers.http11.connection import Connection
from pidgin_cli.providers.http11.framing import (
    Body,
    ChunkedBody,
    EndlessBody,
    FramingError,
    MeasuredBody,
)

LARGEST_HEAD = 100 * 1024
"""Bytes of the head of an answer."""
_PORTS = {"http": 80, "https": 443}
_WITHOUT_BODY = frozenset({204, 304})

Origin: TypeAlias = tuple[str, str, int]
"""Scheme, host and port."""


@dataclass(frozen=True, slots=True)
class _Idle:
    """A connection that waits for another request, and since when."""

    origin: Origin
    since: float
    connection: Connection


class DirectTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 without a proxy in between.

    Heads are written and read by h11, and TLS is set up by httpx. Bodies are read here: services
    put every word into a chunk of its own, and h11 gives one chunk at a time.

    Args:
        idle: connections that are kept for further requests.
        idle_seconds: for how long.
        clock: seconds that never go back.
    """

    def __init__(
        self, idle: int, idle_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most_idle = idle
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._idle: list[_Idle] = []
        self._tls: ssl.SSLContext | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and give the answer when its head is here.

        Raises:
            httpx.TransportError: there is none.
        """
        origin = _origin_of(request.url)
        connection = self._idle_one(origin) or await self._connected(origin, request)
        try:
            return await self._exchange(request, connection, origin)
        except BaseException:
            connection.abort()
            raise

    async def aclose(self) -> None:
        """Let go of the connections that wait for further requests."""
        self._drop(self._idle)
        # The loop takes the sockets down in its next round.
        await asyncio.sleep(0)

    def _keep(self, origin: Origin, connection: Connection) -> None:
        connection.listen()
        self._idle.append(_Idle(origin, self._clock(), connection))
        self._drop(self._idle[: max(0, len(self._idle) - self._most_idle)])

    def _idle_one(self, origin: Origin) -> Connection | None:
        """Give the connection that was used last, and drop those that are of no use any more."""
        oldest = self._clock() - self._idle_seconds
        self._drop(
            [each for each in self._idle if each.since < oldest or not each.connection.usable]
        )
        for each in reversed(self._idle):
            if each.origin == origin:
                self._idle.remove(each)
                return each.connection
        return None

    def _drop(self, useless: Sequence[_Idle]) -> None:
        self._idle = [each for each in self._idle if each not in useless]
        for each in useless:
            each.connection.abort()

    async def _connected(self, origin: Origin, request: httpx.Request) -> Connection:
        scheme, host, port = origin
        tls = self._tls_context() if scheme == "https" else None
        try:
            async with asyncio.timeout(request.extensions["timeout"]["connect"]):
                _, connection = await asyncio.get_running_loop().create_connection(
                    Connection,
                    sock=await connected(host, port),
                    ssl=tls,
                    server_hostname=host if tls else None,
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(str(error), request=request) from error
        except OSError as error:
            raise httpx.ConnectError(str(error), request=request) from error
        return connection

    def _tls_context(self) -> ssl.SSLContext:
        """Give the certificates that are trusted; reading them takes long, and once is enough."""
        if self._tls is None:
            self._tls = httpx.create_ssl_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    async def _exchange(
        self, request: httpx.Request, connection: Connection, origin: Origin
    ) -> httpx.Response:
        heads = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
        try:
            connection.send(_written(heads, request, await request.aread()))
            head = await _head(heads, connection, request)
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error), request=request) from error
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error), request=request) from error
        body, first = _body_of(head), heads.trailing_data[0]
        let_go = partial(self._keep, origin) if _stays_open(head) else Connection.abort
        return httpx.Response(
            head.status_code,
            headers=head.headers.raw_items(),
            stream=_Arriving(request, connection, body, first, let_go),
        )


class _Arriving(httpx.AsyncByteStream):
    """The body of an answer while it arrives.

    Args:
        first: what arrived together with the head.
        let_go: takes the connection when the body is whole.
    """

    def __init__(
        self,
        request: httpx.Request,
        connection: Connection,
        body: Body,
        first: bytes,
        let_go: Callable[[Connection], None],
    ) -> None:
        self._request = request
        self._connection = connection
        self._body = body
        self._first = first
        self._let_go = let_go
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            block = self._first
            while True:
                piece = self._body.feed(block)
                if piece:
                    yield piece
                if self._body.whole:
                    return
                block = await _received(self._connection, self._request)
                if not block:
                    self._body.finish()
                    return
        except FramingError as error:
            raise httpx.RemoteProtocolError(str(error), request=self._request) from error

    async def aclose(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._body.whole and not self._body.surplus:
            self._let_go(self._connection)
        else:
            self._connection.abort()


def _origin_of(url: httpx.URL) -> Origin:
    if url.scheme not in _PORTS or not url.host:
        raise httpx.UnsupportedProtocol(f"no address of HTTP: {url.scheme}://{url.host}")
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]


def _written(heads: h11.Connection, request: httpx.Request, body: bytes) -> bytes:
    head = h11.Request(
        method=request.method.encode("ascii"),
        target=request.url.raw_path,
        headers=request.headers.raw,
    )
    events = [head, h11.Data(body), h11.EndOfMessage()]
    return b"".join(heads.send(event) or b"" for event in events)


async def _head(
    heads: h11.Connection, connection: Connection, request: httpx.Request
) -> h11.Response:
    while True:
        event = heads.next_event()
        if isinstance(event, h11.Response):
            return event
        if event is h11.NEED_DATA:
            block = await _received(connection, request)
            if not block:
                raise httpx.RemoteProtocolError("no answer", request=request)
            heads.receive_data(block)
        elif not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
            raise httpx.RemoteProtocolError("no answer to what was asked", request=request)


async def _received(connection: Connection, request: httpx.Request) -> bytes:
    try:
        return await connection.receive(request.extensions["timeout"]["read"])
    except TimeoutError as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except OSError as error:
        raise httpx.ReadError(str(error), request=request) from error


def _body_of(head: h11.Response) -> Body:
    """Give where the body ends, as RFC 9112 has it for what h11 lets pass."""
    headers = dict(head.headers)
    if head.status_code in _WITHOUT_BODY:
        return MeasuredBody(0)
    if b"transfer-encoding" in headers:
        return ChunkedBody()
    if b"content-length" in headers:
        return MeasuredBody(int(headers[b"content-length"]))
    return EndlessBody()


def _stays_open(head: h11.Response) -> bool:
    said = b",".join(value for name, value in head.headers if name == b"connection").lower()
    return head.http_version >= b"1.1" and b"close" not in {
        word.strip() for word in said.split(b",")
    }
