"""The addresses of a host: the first that answers is connected to, as RFC 8305 has it."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import Any, TypeAlias

NEXT_ADDRESS_SECONDS = 0.25
"""After which the next address is tried beside those that have not answered."""

Address: TypeAlias = tuple[int, int, int, str, Any]
"""Family, type, protocol, name and place, as the system gives them."""


async def connected(host: str, port: int) -> socket.socket:
    """Connect to that port of a host.

    The event loop can do this too, but does not close what it connected where it is cancelled
    right then.

    Raises:
        OSError: none of its addresses answers.
    """
    return await first_connected(_in_turn(await _addresses_of(host, port)))


async def first_connected(addresses: Iterable[Address]) -> socket.socket:
    """Try one address after the other, and give the first connection that is made.

    Raises:
        OSError: there is none.
    """
    left, attempts = deque(addresses), set[asyncio.Task[socket.socket]]()
    failures: list[OSError] = []
    try:
        while left or attempts:
            if left:
                attempts.add(asyncio.create_task(_attempt(left.popleft())))
            ended, _ = await asyncio.wait(
                attempts,
                timeout=NEXT_ADDRESS_SECONDS if left else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for attempt in ended:
                attempts.remove(attempt)
                try:
                    return attempt.result()
                except OSError as error:
                    failures.append(error)
    finally:
        for attempt in attempts:
            attempt.add_done_callback(_close)
            attempt.cancel()
    raise failures[0] if len(failures) == 1 else OSError("; ".join(map(str, failures)))


async def _addresses_of(host: str, port: int) -> Sequence[Address]:
    numeric = socket.AI_NUMERICHOST
    try:
        # Asks nobody, and so need not leave the event loop.
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=numeric)
    except socket.gaierror:
        loop = asyncio.get_running_loop()
        return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError:
        # A part of it is empty or too long: the system was not even asked.
        raise OSError(f"{host} cannot be the name of a host") from None


def _in_turn(addresses: Iterable[Address]) -> list[Address]:
    """Let the families take turns: where one is not routed, all of its addresses are silent."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    turns = chain.from_iterable(zip_longest(*families.values()))
    return [address for address in turns if address is not None]


async def _attempt(address: Address) -> socket.socket:
    family, kind, protocol, _, place = address
    connecting = socket.socket(family, kind, protocol)
    try:
        connecting.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connecting, place)
    except BaseException:
        connecting.close()
        raise
    return connecting


def _close(attempt: asyncio.Task[socket.socket]) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        attempt.result().close()
