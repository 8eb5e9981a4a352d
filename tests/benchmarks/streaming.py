"""Prints the CPU that a streamed delta costs while many conversations run at once.

A local server streams chat completions at the pace of a service; pidgin is a process of its own,
and its CPU is what the kernel says at its end.

    python tests/benchmarks/streaming.py [CONVERSATIONS] [DELTAS] [SECONDS BETWEEN THEM]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

TURNS = 2
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DELTA = b'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'
END = (
    b'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":9}}\n\n'
    b"data: [DONE]\n\n"
)


def serve(deltas: int, pause: float, port: Connection) -> None:
    """Answer every request with a stream, until the process is killed."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(HEAD)
            for _ in range(deltas):
                writer.write(_chunk(DELTA))
                await asyncio.sleep(pause)
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


def main() -> None:
    """Run the conversations and print one line."""
    conversations, deltas = (int(n) for n in (*sys.argv[1:3], "50", "300")[:2])
    pause = float(sys.argv[3]) if len(sys.argv) > 3 else 0.02
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(deltas, pause, there), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "named.yaml"
        config.write_text(
            # What is done with logs when all is over is no cost of streaming.
            "events: {compression: {enabled: false}, index: {update: false}}\n"
            "providers:\n  local: {kind: openai-compatible, concurrency: 1000, "
            f"base_url: 'http://127.0.0.1:{here.recv()}/v1'}}\n",
            encoding="utf-8",
        )
        process = os.posix_spawn(
            sys.executable,
            [
                sys.executable,
                "-m",
                "pidgin_cli",
                "run",
                "-a",
                "local:m",
                "-b",
                "local:m",
                "-t",
                str(TURNS),
                "-r",
                str(conversations),
                "-j",
                str(conversations),
            ],
            {**os.environ, "PIDGIN_CONFIG": str(config), "PIDGIN_DATA_DIR": folder},
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
        )
        _, status, usage = os.wait4(process, 0)
    server.kill()
    if status:
        raise SystemExit(f"pidgin ended with {os.waitstatus_to_exitcode(status)}")
    streamed = conversations * 2 * TURNS * deltas
    cpu = usage.ru_utime + usage.ru_stime
    print(
        f"{conversations} conversations, {streamed} deltas: {1e6 * cpu / streamed:.0f} µs of CPU "
        f"a delta, {usage.ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
