"""What a streamed delta costs while many conversations run at once, beside a local server.

The server streams chat completions at the pace of a service; pidgin is a process of its own.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from figures import Figure, alone, at_most
from measuring import Bench

CONVERSATIONS, TURNS, DELTAS = 50, 2, 200
PAUSE = 0.02
"""Seconds between the deltas of a response."""
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DELTA = b'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
END = (
    b'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":9}}\n\n'
    b"data: [DONE]\n\n"
)
CONFIGURATION = """
# What is done with logs when all is over is no cost of streaming.
events: {compression: {enabled: false}, index: {update: false}}
providers:
  local: {kind: openai-compatible, concurrency: 1000, base_url: "http://127.0.0.1:PORT/v1"}
"""


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure fifty conversations at once."""
    deltas = max(10, int(DELTAS * bench.scale))
    with served(deltas) as port:
        config = bench.folder("streaming") / "named.yaml"
        config.write_text(CONFIGURATION.replace("PORT", str(port)), encoding="utf-8")
        words = f"run -a local:m -b local:m -t {TURNS} -r {CONVERSATIONS} -j {CONVERSATIONS}"
        options = ("--no-store", "--config", config)
        run = bench.race({"run": bench.pidgin(*words.split(), *options)})["run"]
    streamed = CONVERSATIONS * 2 * TURNS * deltas
    what = f"run, {CONVERSATIONS} conversations at once, a delta"
    yield alone(what, 1e6 * run.cpu / streamed, " µs of CPU", at_most(100))


@contextmanager
def served(deltas: int) -> Iterator[int]:
    """Give the port of a server that streams so many deltas, while the block lasts."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(deltas, there), daemon=True)
    server.start()
    try:
        yield here.recv()
    finally:
        server.kill()
        server.join()


def serve(deltas: int, port: Connection) -> None:
    """Answer every request with a stream, until the process is killed."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(HEAD)
            for _ in range(deltas):
                writer.write(_chunk(DELTA))
                await asyncio.sleep(PAUSE)
            writer.write(_chunk(END) + b"0\r\n\r\n")
            await writer.drain()

    async def main() -> None:
        server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1000)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"
