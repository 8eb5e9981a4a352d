"""A real HTTP/1.1 server on 127.0.0.1, in a thread, that answers as it is told.

    with serving(streamed(stream)) as server:        # Server: a new port each time
        ... ask server.url ...
        assert server.received[0].json["model"] == "m"

`serving(*answers)` gives the answers in turn, and the last of them again and again. An answer is a
`Reply`, or a function from the `Received` request to a Reply. `server.script(*answers)` replaces
what is still to come. Replies are made by

    streamed(body)                the stream, whole, in one packet
    bytewise(body)                one byte in each HTTP chunk
    pieces(a, 0.01, b)            these pieces, a number being a wait in seconds
    cut(body, 10)                 gone after 10 bytes; how="reset" resets the connection instead
    stalled(body)                 nothing comes after these bytes, until the client goes away
    refused(429, body, headers)   an error with a body of known length

and all but the last take status=, headers= and content_type=. What arrived is in `server.received`
(method, path, headers with names in lower case, body, json). `server.wait_for_clients_gone()` waits
until no connection is open, `server.connections` counts all that were ever made.

`framing` says how the body ends: "chunks" (chunked, the default), "length" (content-length) or
"until close" (nothing but the end of the connection says it). With tls= it speaks TLS.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

EVENT_STREAM = "text/event-stream; charset=utf-8"
NDJSON = "application/x-ndjson"
JSON = "application/json"

End = Literal["whole", "close", "reset", "stall"]
Framing = Literal["chunks", "length", "until close"]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent, how, and what happens after."""

    pieces: tuple[bytes | float, ...]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    end: End = "whole"
    framing: Framing = "chunks"


Answer = Reply | Callable[[Received], Reply]


def pieces(
    *parts: bytes | float,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    content_type: str = EVENT_STREAM,
    end: End = "whole",
    framing: Framing = "chunks",
) -> Reply:
    given = {"content-type": content_type, **(headers or {})}
    return Reply(parts, status, given, end, framing)


def streamed(body: bytes, **options: Any) -> Reply:
    return pieces(body, **options)


def bytewise(body: bytes, **options: Any) -> Reply:
    return pieces(*(body[i : i + 1] for i in range(len(body))), **options)


def cut(body: bytes, after: int, how: Literal["close", "reset"] = "close", **options: Any) -> Reply:
    return pieces(body[:after], end=how, **options)


def stalled(body: bytes, **options: Any) -> Reply:
    return pieces(body, end="stall", **options)


def refused(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Reply:
    return pieces(body, status=status, headers=headers, content_type=JSON, framing="length")


class Server:
    """See the module."""

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.received: list[Received] = []
        self.connections = 0
        self._answers = list(answers)
        self._lock = threading.Lock()
        self._nobody_there = threading.Event()
        self._nobody_there.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    def script(self, *answers: Answer) -> None:
        with self._lock:
            self._answers = list(answers)

    def wait_for_clients_gone(self, seconds: float = 10.0) -> bool:
        return self._nobody_there.wait(seconds)

    def close_connections(self) -> None:
        """Close those that are open, as a server does that was idle for long."""
        self._loop.call_soon_threadsafe(lambda: [writer.close() for writer in self._open])

    def start(self) -> None:
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        tasks: set[asyncio.Task[None]] = set()

        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._open.add(writer)
            self._nobody_there.clear()
            task = asyncio.create_task(self._serve(reader, writer))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        server = await asyncio.start_server(connected, "127.0.0.1", 0, limit=2**26, ssl=self._tls)
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._stopping.wait()
        # Connections that were just accepted still have to be told of, and refused handshakes.
        await asyncio.sleep(0.1 if self._tls else 0.005)
        server.close()
        for writer in self._open:
            writer.transport.abort()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (received := await _received(reader)) is not None:
                reply = self._next_answer(received)
                if not await _send(reply, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self._open.discard(writer)
            if not self._open:
                self._nobody_there.set()

    def _next_answer(self, received: Received) -> Reply:
        with self._lock:
            self.received.append(received)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, Reply) else answer(received)


@contextmanager
def serving(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(*answers, tls=tls)
    server.start()
    try:
        yield server
    finally:
        server.stop()


async def _received(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    request_line, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, path, _ = request_line.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(method, path, headers, body)


async def _send(reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Send the reply, and tell whether the connection can serve another request."""
    writer.write(_head(reply))
    for piece in reply.pieces:
        if isinstance(piece, int | float):
            await writer.drain()
            await asyncio.sleep(piece)
        elif piece:
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if _chunked(reply) else piece)
            await writer.drain()
    match reply.end:
        case "stall":
            await reader.read(1)
        case "reset":
            _reset(writer)
        case "whole" if _chunked(reply):
            writer.write(b"0\r\n\r\n")
    await writer.drain()
    return reply.end == "whole" and reply.framing != "until close"


def _chunked(reply: Reply) -> bool:
    return reply.framing == "chunks"


def _head(reply: Reply) -> bytes:
    headers = {**reply.headers}
    if reply.framing == "chunks":
        headers["transfer-encoding"] = "chunked"
    elif reply.framing == "length":
        size = sum(len(piece) for piece in reply.pieces if isinstance(piece, bytes))
        size += reply.end != "whole"
        headers["content-length"] = str(size)
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _reset(writer: asyncio.StreamWriter) -> None:
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
