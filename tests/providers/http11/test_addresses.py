from __future__ import annotations

import asyncio
import gc
import re
import socket
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from pidgin_cli.providers.http11.addresses import Address, connected, first_connected


def address(host: str, port: int) -> Address:
    return (socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, port))


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.2", 0))) as listening:
        yield listening


@pytest.fixture
def port(server: socket.socket) -> int:
    return int(server.getsockname()[1])


@pytest.fixture
def silent(port: int) -> Iterator[Address]:
    """An address that answers no more: so many wait there to be let in that it drops all others."""
    with ExitStack() as opened:
        full = opened.enter_context(socket.create_server(("127.0.0.3", port), backlog=0))
        for _ in range(4):
            waiting = opened.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        yield address("127.0.0.3", port)


def reached(*addresses: Address) -> str:
    async def reach() -> str:
        async with asyncio.timeout(10):
            with await first_connected(addresses) as connection:
                return str(connection.getpeername()[0])

    return asyncio.run(reach())


def test_the_first_address_that_answers_is_taken(server: socket.socket, port: int) -> None:
    assert "127.0.0.2" == reached(address("127.0.0.2", port), address("127.0.0.4", port))


def test_behind_an_address_that_refuses_the_next_is_tried(port: int) -> None:
    assert "127.0.0.2" == reached(address("127.0.0.4", port), address("127.0.0.2", port))


def test_beside_an_address_that_is_silent_the_next_is_tried(silent: Address, port: int) -> None:
    assert "127.0.0.2" == reached(silent, address("127.0.0.2", port))


def test_the_one_error_of_one_address_is_raised_as_it_is(port: int) -> None:
    with pytest.raises(ConnectionRefusedError, match=r"127\.0\.0\.4"):
        reached(address("127.0.0.4", port))


def test_where_all_addresses_refuse_all_are_named(port: int) -> None:
    with pytest.raises(OSError, match=r"'127\.0\.0\.4'.*; .*'127\.0\.0\.5'"):
        reached(address("127.0.0.4", port), address("127.0.0.5", port))


def _is_known(host: str) -> bool:
    try:
        return bool(socket.getaddrinfo(host, 1))
    except OSError:
        return False


@pytest.mark.skipif(not _is_known("localhost"), reason="this system has no localhost")
def test_a_name_is_looked_up() -> None:
    async def reach(port: int) -> int:
        with await connected("localhost", port) as connection:
            return int(connection.getpeername()[1])

    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        assert port == asyncio.run(reach(port))


def test_a_name_that_nobody_has_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match=r"."):
        asyncio.run(connected("nobody.invalid", 1))


@pytest.mark.parametrize("host", ["a..b", ".", "x" * 64 + ".com"])
def test_what_no_name_can_be_is_an_error_that_says_so(host: str) -> None:
    with pytest.raises(OSError, match=f"^{re.escape(host)} cannot be the name of a host$"):
        asyncio.run(connected(host, 1))


@pytest.mark.parametrize("order", [1, -1])
def test_nothing_stays_open_whenever_it_is_cancelled(
    silent: Address, port: int, order: int
) -> None:
    async def cancelled_after(rounds: int) -> bool:
        """Say whether it was done before."""
        task = asyncio.create_task(first_connected([address("127.0.0.2", port), silent][::order]))
        for _ in range(rounds):
            await asyncio.sleep(0)
        was_done = task.done()
        task.cancel()
        await asyncio.wait([task])
        if was_done:
            task.result().close()
        return was_done

    rounds = 0
    with warnings.catch_warnings(record=True) as unclosed:
        warnings.simplefilter("always")
        while rounds < 40 and not asyncio.run(cancelled_after(rounds)):
            rounds += 1
        gc.collect()
    assert (order == 1, []) == (rounds < 40, [each.message for each in unclosed])
