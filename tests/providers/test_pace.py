from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from pidgin_cli.providers.pace import LARGE, LONGEST_PAUSE, PAUSE, Pace

Packet = Sequence[bytes]


class Rests:
    """Takes the time that the streams rest, without waiting for it."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)


async def packets(*arriving: Packet) -> AsyncGenerator[bytes, None]:
    for packet in arriving:
        await asyncio.sleep(0)
        for block in packet:
            yield block


async def read(pace: Pace, *arriving: Packet) -> list[bytes]:
    return [block async for block in pace.blocks(packets(*arriving))]


def test_every_block_is_given_in_order() -> None:
    arriving = [[b"1", b"2"], [b"3"], [], [b"4"]]
    assert [b"1", b"2", b"3", b"4"] == asyncio.run(read(Pace(), *arriving))


def test_a_stream_rests_between_packets_and_not_within_one() -> None:
    rests = Rests()
    asyncio.run(read(Pace(rests), [b"1", b"2", b"3"], [b"4", b"5"], [b"6"]))
    assert 2 == len(rests.taken)


def test_a_stream_alone_rests_shortly() -> None:
    rests = Rests()
    asyncio.run(read(Pace(rests), [b"1"], [b"2"], [b"3"]))
    assert [] == [rest for rest in rests.taken if rest > PAUSE]


def test_the_more_streams_are_open_the_longer_each_rests() -> None:
    async def read_many(rests: Rests, streams: int) -> None:
        pace = Pace(rests)
        await asyncio.gather(*(read(pace, [b"1"], [b"2"]) for _ in range(streams)))

    few, many, too_many = Rests(), Rests(), Rests()
    asyncio.run(read_many(few, 2))
    asyncio.run(read_many(many, 20))
    asyncio.run(read_many(too_many, 1000))
    assert max(few.taken) <= 2 * PAUSE < min(many.taken) <= 20 * PAUSE
    assert max(too_many.taken) <= LONGEST_PAUSE


def test_a_stream_that_is_closed_no_longer_counts() -> None:
    async def close_many_and_read(rests: Rests) -> None:
        pace = Pace(rests)
        for _ in range(20):
            stream = pace.blocks(packets([b"1"], [b"2"]))
            await anext(stream)
            await stream.aclose()
        await read(pace, [b"1"], [b"2"])

    rests = Rests()
    asyncio.run(close_many_and_read(rests))
    assert [] == [rest for rest in rests.taken if rest > PAUSE]


def test_a_stream_that_comes_in_large_helpings_does_not_rest() -> None:
    rests = Rests()
    asyncio.run(read(Pace(rests), [b"x" * LARGE], [b"x" * LARGE], [b"x"]))
    assert [] == rests.taken


def test_a_reader_that_takes_its_time_is_not_made_to_rest() -> None:
    async def read_slowly(pace: Pace) -> None:
        async for _ in pace.blocks(packets([b"1", b"2", b"3"])):
            await asyncio.sleep(0)

    rests = Rests()
    asyncio.run(read_slowly(Pace(rests)))
    assert [] == rests.taken
