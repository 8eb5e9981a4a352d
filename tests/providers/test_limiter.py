from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.providers.limiter import Limiter


class Clock:
    """Time that passes only when everybody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self._waiting: list[tuple[float, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        over = asyncio.Event()
        entry = (self.now + seconds, over)
        self._waiting.append(entry)
        try:
            await over.wait()
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    async def run(self, until: float = 10_000.0) -> None:
        await settle()
        while self._waiting and (due := min(self._waiting, key=lambda each: each[0]))[0] <= until:
            self._waiting.remove(due)
            self.now = due[0]
            due[1].set()
            await settle()


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


class Scene:
    """Calls through one limiter, and when each began and ended."""

    def __init__(self, **limits: float) -> None:
        self.clock = Clock()
        self.limiter = Limiter(clock=self.clock, sleep=self.clock.sleep, **limits)  # type: ignore[arg-type]
        self.began: list[tuple[str, float]] = []
        self.under_way = 0
        self.most_under_way = 0

    def call(self, name: str, seconds: float = 0.0) -> asyncio.Task[None]:
        async def called() -> None:
            async with self.limiter.place():
                self.began.append((name, self.clock.now - 100.0))
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)
                try:
                    await self.clock.sleep(seconds)
                finally:
                    self.under_way -= 1

        return asyncio.create_task(called())


def played(play: Callable[[Scene], Awaitable[None]], **limits: float) -> Scene:
    async def whole() -> Scene:
        scene = Scene(**limits)
        await play(scene)
        await scene.clock.run()
        return scene

    return asyncio.run(whole())


def test_without_limits_all_begin_at_once() -> None:
    async def play(scene: Scene) -> None:
        for name in "abc":
            scene.call(name, 5)

    assert [("a", 0.0), ("b", 0.0), ("c", 0.0)] == played(play).began


def test_no_more_than_the_limit_are_under_way_and_nobody_overtakes() -> None:
    async def play(scene: Scene) -> None:
        for name, seconds in zip("abcde", (5, 1, 1, 1, 1), strict=True):
            scene.call(name, seconds)

    scene = played(play, concurrency=2)
    assert [("a", 0.0), ("b", 0.0), ("c", 1.0), ("d", 2.0), ("e", 3.0)] == scene.began
    assert 2 == scene.most_under_way


def test_calls_are_spread_evenly_over_the_minute() -> None:
    async def play(scene: Scene) -> None:
        for name in "abc":
            scene.call(name)

    assert [("a", 0.0), ("b", 3.0), ("c", 6.0)] == played(play, requests_per_minute=20).began


def test_a_minute_that_was_not_used_is_not_saved_up() -> None:
    async def play(scene: Scene) -> None:
        scene.clock.now += 600
        scene.call("a")
        scene.call("b")

    assert [("a", 600.0), ("b", 603.0)] == played(play, requests_per_minute=20).began


def test_a_hold_lets_nobody_pass() -> None:
    async def play(scene: Scene) -> None:
        scene.limiter.hold(7)
        scene.call("a")
        scene.call("b")

    assert [("a", 7.0), ("b", 7.0)] == played(play).began


def test_a_hold_also_keeps_those_who_wait_already() -> None:
    async def play(scene: Scene) -> None:
        scene.limiter.hold(2)
        scene.call("a")
        await settle()
        scene.limiter.hold(9)

    assert [("a", 9.0)] == played(play).began


def test_a_shorter_hold_does_not_end_a_longer_one() -> None:
    async def play(scene: Scene) -> None:
        scene.limiter.hold(9)
        scene.limiter.hold(2)
        scene.call("a")

    assert [("a", 9.0)] == played(play).began


@pytest.mark.parametrize("cancelled", ["b", "c"])
def test_a_waiter_that_is_cancelled_makes_room_for_the_next(cancelled: str) -> None:
    async def play(scene: Scene) -> None:
        tasks = {name: scene.call(name, 5) for name in "abcd"}
        await settle()
        tasks[cancelled].cancel()

    expected = [("a", 0.0), ("c" if cancelled == "b" else "b", 5.0), ("d", 10.0)]
    assert expected == played(play, concurrency=1).began


def test_a_waiter_that_is_cancelled_in_a_hold_gives_its_place_back() -> None:
    async def play(scene: Scene) -> None:
        scene.limiter.hold(5)
        first = scene.call("a")
        scene.call("b")
        await settle()
        first.cancel()

    assert [("b", 5.0)] == played(play, concurrency=1).began


def test_a_call_that_fails_gives_its_place_back() -> None:
    async def play(scene: Scene) -> None:
        with pytest.raises(ValueError, match="it failed"):
            async with scene.limiter.place():
                raise ValueError("it failed")
        scene.call("a")

    assert [("a", 0.0)] == played(play, concurrency=1).began


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=12),
    st.integers(1, 3),
    st.sampled_from([None, 30.0]),
)
def test_whoever_is_cancelled_the_others_all_pass_in_order(
    calls: list[tuple[int, bool]], concurrency: int, rate: float | None
) -> None:
    async def play(scene: Scene) -> None:
        tasks = [scene.call(f"{i:02}", seconds) for i, (seconds, _) in enumerate(calls)]
        await settle()
        for task, (_, cancelled) in zip(tasks, calls, strict=True):
            if cancelled:
                task.cancel()

    limits = {"concurrency": concurrency} | ({} if rate is None else {"requests_per_minute": rate})
    scene = played(play, **limits)
    names = [name for name, _ in scene.began]
    kept = {f"{i:02}" for i, (_, cancelled) in enumerate(calls) if not cancelled}
    assert names == sorted(names)
    assert kept <= set(names)
    assert scene.most_under_way <= concurrency
    assert 0 == scene.under_way
