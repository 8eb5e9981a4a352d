"""stdout for an event loop: in order, and never in the way of a signal."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator

import pytest

from pidgin_cli.cli import outlet as outlets
from pidgin_cli.cli.outlet import Outlet

LARGE = bytes(range(256)) * 2000


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A pipe in the place of stdout: where it is read, and where it is written."""
    reading, writing = os.pipe()
    monkeypatch.setattr(outlets, "STDOUT", writing)
    yield reading, writing
    for descriptor in (reading, writing):
        try:
            os.close(descriptor)
        except OSError:
            continue


async def read_slowly(descriptor: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        data += await asyncio.to_thread(os.read, descriptor, 5000)
    return data


def test_all_is_written_however_slowly_it_is_read(pipe: tuple[int, int]) -> None:
    async def both() -> bytes:
        reader = asyncio.create_task(read_slowly(pipe[0], len(LARGE)))
        await Outlet().write(LARGE)
        return await reader

    assert asyncio.run(asyncio.wait_for(both(), 60)) == LARGE


def test_what_is_offered_goes_out_at_once_if_there_is_room(pipe: tuple[int, int]) -> None:
    Outlet().offer(b"word ")
    assert os.read(pipe[0], 100) == b"word "


def test_what_is_offered_without_room_goes_before_what_is_written_next(
    pipe: tuple[int, int],
) -> None:
    async def both() -> bytes:
        outlet = Outlet()
        outlet.offer(LARGE)
        outlet.offer(b"then ")
        reader = asyncio.create_task(read_slowly(pipe[0], len(LARGE) + 8))
        await outlet.write(b"end")
        return await reader

    assert asyncio.run(asyncio.wait_for(both(), 60)) == LARGE + b"then end"


def test_what_is_offered_in_the_middle_of_a_write_goes_after_it(pipe: tuple[int, int]) -> None:
    async def both() -> bytes:
        outlet = Outlet()
        writer = asyncio.create_task(outlet.write(LARGE))
        await asyncio.sleep(0)
        outlet.offer(b"after")
        reader = asyncio.create_task(read_slowly(pipe[0], len(LARGE) + 5))
        await writer
        return await reader

    assert asyncio.run(asyncio.wait_for(both(), 60)) == LARGE + b"after"


def test_a_reader_that_does_not_read_can_be_given_up(pipe: tuple[int, int]) -> None:
    async def given_up() -> None:
        outlet = Outlet()
        asyncio.get_running_loop().call_later(0.01, outlet.give_up)
        await outlet.write(LARGE)

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(given_up(), 60))


def test_a_reader_that_left_is_met_by_the_next_write_and_by_no_offer(
    pipe: tuple[int, int],
) -> None:
    outlet = Outlet()
    os.close(pipe[0])
    outlet.offer(b"word")
    with pytest.raises(BrokenPipeError):
        asyncio.run(outlet.write(b""))
    outlet.offer(b"word")
