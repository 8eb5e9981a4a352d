from __future__ import annotations

import asyncio
import gc
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial

import httpx
import pytest

from pidgin_cli.providers.http11.transport import LARGEST_HEAD, DirectTransport
from tests.providers.server import Server, cut, pieces, refused, serving, stalled, streamed


class Asking:
    """A client over a transport whose clock can be set."""

    def __init__(self, idle: int = 10) -> None:
        self.now = 0.0
        self.transport = DirectTransport(idle, 60.0, lambda: self.now)
        self.client = httpx.AsyncClient(transport=self.transport, timeout=10.0)

    async def body(self, url: str, **options: object) -> bytes:
        async with self.client.stream("POST", url, content=b"{}") as response:
            return await response.aread()


def asked(ask: Callable[[Asking], object], **options: int) -> object:
    async def run() -> object:
        asking = Asking(**options)
        async with asking.client:
            return await ask(asking)  # type: ignore[misc]

    return asyncio.run(run())


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Answer the first request with these bytes, whatever they are, and close."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer_once() -> None:
            connection, _ = listening.accept()
            # A client that has had enough of it goes away.
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65_536)

        thread = threading.Thread(target=answer_once, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(10)


def test_a_connection_is_used_again() -> None:
    async def twice(asking: Asking) -> list[bytes]:
        return [await asking.body(server.url) for _ in range(2)]

    with serving(streamed(b"one"), refused(500, b"two")) as server:
        assert [b"one", b"two"] == asked(twice)
        assert 1 == server.connections


def test_a_connection_of_one_address_is_not_used_for_another() -> None:
    async def both(asking: Asking) -> list[bytes]:
        return [await asking.body(url) for url in (one.url, two.url, one.url)]

    with serving(streamed(b"one")) as one, serving(streamed(b"two")) as two:
        assert [b"one", b"two", b"one"] == asked(both)
        assert (1, 1) == (one.connections, two.connections)


def test_a_connection_that_was_idle_for_too_long_is_not_used_again() -> None:
    async def late(asking: Asking) -> None:
        await asking.body(server.url)
        asking.now = 61.0
        await asking.body(server.url)

    with serving(streamed(b"yes")) as server:
        asked(late)
        assert 2 == server.connections


def test_a_connection_that_the_server_ended_meanwhile_is_not_used_again() -> None:
    async def later(asking: Asking) -> list[bytes]:
        first = await asking.body(server.url)
        server.close_connections()
        await asyncio.sleep(0.1)
        return [first, await asking.body(server.url)]

    with serving(streamed(b"yes")) as server:
        assert [b"yes", b"yes"] == asked(later)
        assert 2 == server.connections


def test_no_more_connections_are_kept_than_was_said() -> None:
    async def two_then_two(asking: Asking) -> None:
        for _ in range(2):
            await asyncio.gather(*(asking.body(server.url) for _ in range(2)))

    with serving(pieces(b"yes", 0.1)) as server:
        asked(two_then_two, idle=1)
        assert 3 == server.connections


def test_an_answer_that_was_not_read_to_its_end_takes_its_connection_along() -> None:
    async def beginning(asking: Asking) -> bool:
        async with asking.client.stream("POST", server.url) as response:
            assert 200 == response.status_code
        return await asyncio.to_thread(server.wait_for_clients_gone, 5)

    with serving(stalled(b"so")) as server:
        assert asked(beginning)


def test_a_request_that_is_given_up_takes_its_connection_along() -> None:
    async def given_up(asking: Asking) -> bool:
        task = asyncio.create_task(asking.body(server.url))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.wait([task])
        return await asyncio.to_thread(server.wait_for_clients_gone, 5)

    with serving(stalled(b"so")) as server:
        assert asked(given_up)


def test_a_request_that_is_given_up_while_it_connects_leaves_no_socket_open() -> None:
    async def given_up(asking: Asking, rounds: int) -> None:
        task = asyncio.create_task(asking.body(url))
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with warnings.catch_warnings(record=True) as unclosed:
            warnings.simplefilter("always")
            for rounds in range(40):
                asked(partial(given_up, rounds=rounds))
            gc.collect()
    assert [] == [each.message for each in unclosed]


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
def test_a_body_of_unknown_length_ends_with_the_connection(head: bytes) -> None:
    with answering(head + b"all of it") as url:
        assert b"all of it" == asked(lambda asking: asking.body(url))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nnonsense",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nab",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 10 * LARGEST_HEAD,
    ],
)
def test_an_answer_that_is_none_is_a_fault_of_the_server(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(httpx.RemoteProtocolError):
        asked(lambda asking: asking.body(url))


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body_is_over_with_its_head(status: int) -> None:
    async def twice(asking: Asking) -> list[bytes]:
        return [await asking.body(server.url) for _ in range(2)]

    with serving(pieces(status=status, framing="length")) as server:
        assert [b"", b""] == asked(twice)


def test_a_body_that_breaks_off_is_an_error_of_reading() -> None:
    with serving(cut(b"0123456789", 5, how="reset")) as server, pytest.raises(httpx.TransportError):
        asked(lambda asking: asking.body(server.url))


def test_a_large_request_goes_out_whole() -> None:
    async def large(asking: Asking) -> None:
        async with asking.client.stream("POST", server.url, content=b"x" * 10_000_000) as response:
            await response.aread()

    with serving(streamed(b"yes")) as server:
        asked(large)
        assert 10_000_000 == len(server.received[0].body)


def test_what_nobody_reads_is_not_gathered() -> None:
    """A server that is faster than its reader fills the kernel's buffers, and not our memory."""

    async def slowly(server: Server) -> int:
        asking = Asking()
        async with asking.client, asking.client.stream("POST", server.url) as response:
            blocks = response.aiter_raw()
            largest = len(await anext(blocks))
            for _ in range(5):
                await asyncio.sleep(0.05)
                largest = max(largest, len(await anext(blocks)))
            return largest

    with serving(pieces(*[b"x" * 500_000] * 60, framing="length")) as server:
        assert asyncio.run(slowly(server)) < 1_000_000
