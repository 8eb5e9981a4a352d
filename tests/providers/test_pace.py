from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from pidgin_cli.providers.pace import LARGE, LONGEST_PAUSE, PAUSE, SHARE, Pace

Packet = Sequence[bytes]
HOUR = 3600.0


class Scene:
    """A clock that stands, and streams whose rests take no time.

    Args:
        opening: seconds that pass between the opening of the streams and their first packets.
    """

    def __init__(self, opening: float = HOUR) -> None:
        self.rests: list[float] = []
        self.now = 0.0
        self.pace = Pace(lambda: self.now, self._rest)
        self._opening = opening

    async def _rest(self, seconds: float) -> None:
        self.rests.append(round(seconds, 6))
        await asyncio.sleep(0)

    async def packets(self, *arriving: Packet) -> AsyncGenerator[bytes, None]:
        for packet in arriving:
            await asyncio.sleep(0)
            self.now = self._opening
            for block in packet:
                yield block

    async def read(self, *arriving: Packet) -> list[bytes]:
        return [block async for block in self.pace.blocks(self.packets(*arriving))]


def rests(*arriving: Packet, streams: int = 1, opening: float = HOUR) -> list[float]:
    async def read_all() -> list[float]:
        scene = Scene(opening)
        await asyncio.gather(*(scene.read(*arriving) for _ in range(streams)))
        return scene.rests

    return asyncio.run(read_all())


def test_every_block_is_given_in_order() -> None:
    arriving = [[b"1", b"2"], [b"3"], [], [b"4"]]
    assert [b"1", b"2", b"3", b"4"] == asyncio.run(Scene().read(*arriving))


def test_a_stream_rests_between_packets_and_not_within_one() -> None:
    assert [PAUSE, PAUSE] == rests([b"1", b"2", b"3"], [b"4", b"5"], [b"6"])


def test_the_more_streams_are_open_the_longer_each_rests() -> None:
    assert [20 * PAUSE] * 20 == rests([b"1"], [b"2"], streams=20)


def test_no_stream_rests_longer_than_a_reader_would_bear() -> None:
    assert [LONGEST_PAUSE] * 1000 == rests([b"1"], [b"2"], streams=1000)


def test_a_short_answer_rests_for_a_share_of_its_time_at_most() -> None:
    assert [SHARE * 0.004] == rests([b"1"], [b"2"], opening=0.004)


def test_a_stream_that_comes_in_large_helpings_does_not_rest() -> None:
    assert [] == rests([b"x" * LARGE], [b"x" * LARGE], [b"x"])


def test_a_stream_that_is_closed_no_longer_counts() -> None:
    async def close_many_and_read() -> list[float]:
        scene = Scene()
        for _ in range(20):
            stream = scene.pace.blocks(scene.packets([b"1"], [b"2"]))
            await anext(stream)
            await stream.aclose()
        scene.now = 0.0
        await scene.read([b"1"], [b"2"])
        return scene.rests

    assert [PAUSE] == asyncio.run(close_many_and_read())


def test_a_reader_that_takes_its_time_is_not_made_to_rest() -> None:
    async def read_slowly() -> list[float]:
        scene = Scene()
        async for _ in scene.pace.blocks(scene.packets([b"1", b"2", b"3"])):
            await asyncio.sleep(0)
        return scene.rests

    assert [] == asyncio.run(read_slowly())
