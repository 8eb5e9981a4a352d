"""Responses as they come, cut and timed, and several experiments at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import pytest

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.fleet import Fleet
from pidgin_cli.engine.responses import Calling
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.event import Event
from pidgin_cli.events.usage import Usage
from pidgin_cli.providers.base import Chunk, Finished, Opened, ProviderError, Request, Text
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from tests.engine.bench import Bench, of_type, types


class Speaker:
    """A service that says what it is told, in its own time, and then waits."""

    name = "speaker"

    def __init__(self, *words: str, then: float = 0.0, error: Exception | None = None) -> None:
        self.words = words
        self.then = then
        self.error = error
        self.closed = 0

    def check(self, model: str, parameters: Mapping[str, Any]) -> None: ...

    def context_limit(self, model: str) -> int | None:
        return None

    def sent(self, request: Request) -> Mapping[str, Any]:
        return {}

    async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
        try:
            yield Opened()
            for word in self.words:
                yield Text(word)
            await asyncio.sleep(self.then)
            if self.error is not None:
                raise self.error
            yield Finished("stop", Usage(1, 1))
        finally:
            self.closed += 1

    async def close(self) -> None: ...


def experiment(name: str = "exp_1") -> Experiment:
    who = tuple(Agent(f"agent_{side}", "speaker:any", "speaker") for side in "ab")
    return Experiment(name, who, "Hello", 1, 7)


def run(speaker: Speaker, act: Any = None, calling: Calling | None = None) -> list[Event]:
    async def all_of_them() -> list[Event]:
        events, control = [], Control()
        with EventStore(None) as store:
            router = Router({"speaker": speaker})
            engine = DialogueEngine(Surroundings(router, store, calling or Calling()))
            async for event in engine.run(experiment(), control):
                events.append(event)
                if act is not None:
                    act(event, control)
        return events

    return asyncio.run(asyncio.wait_for(all_of_them(), 30))


def test_text_that_waits_is_recorded_while_the_service_is_silent() -> None:
    """The delta comes while the stream stands still, or the interruption would never come."""

    def act(event: Event, control: Control) -> None:
        if event.type == "response.streaming":
            control.interrupt()

    speaker = Speaker("One ", "moment.", then=3600)
    events = run(speaker, act)
    assert ["One moment."] * 2 == [
        event.data["content"] for event in of_type(events, "response.interrupted")
    ]
    assert 2 == speaker.closed


def test_an_interruption_need_not_wait_for_the_service() -> None:
    def act(event: Event, control: Control) -> None:
        if event.type == "response.started":
            asyncio.get_running_loop().call_later(0.05, control.interrupt)

    events = run(Speaker(then=3600), act)
    assert [("", "user")] * 2 == [
        (event.data["content"], event.data["reason"])
        for event in of_type(events, "response.interrupted")
    ]


def test_a_person_sees_text_before_it_is_recorded() -> None:
    seen: list[tuple[str, str, int, str]] = []
    run(Speaker("a", "b"), calling=Calling(watch=lambda *what: seen.append(what)))
    assert [
        ("exp_1", "agent_a", 0, "a"),
        ("exp_1", "agent_a", 0, "b"),
        ("exp_1", "agent_b", 1, "a"),
        ("exp_1", "agent_b", 1, "b"),
    ] == seen


def test_an_error_of_our_own_is_recorded_and_raised() -> None:
    events: list[Event] = []
    with pytest.raises(ZeroDivisionError):
        run(Speaker("x", error=ZeroDivisionError("by zero")), lambda e, c: events.append(e))
    assert ("experiment.failed", {"kind": "internal", "message": "ZeroDivisionError: by zero"}) == (
        events[-1].type,
        events[-1].data["error"],
    )


def test_a_response_that_began_ends_in_the_log_where_it_is_stopped_before_a_retry() -> None:
    class Overloaded(Speaker):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            yield Opened()
            raise ProviderError("overloaded", "later", retryable=True, retry_in=3600)

    def act(event: Event, control: Control) -> None:
        if event.type == "api.call.failed":
            control.leave(Pause("signal", "SIGINT"))

    assert [
        "response.started",
        "api.call.failed",
        "response.interrupted",
        "pause.requested",
        "checkpoint.saved",
    ] == types(run(Overloaded(), act))[-5:]


def test_waiting_for_a_place_is_no_latency() -> None:
    class Queued(Speaker):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            await asyncio.sleep(0.5)
            yield Opened(waited=0.5)
            yield Text("Now.")
            yield Finished("stop", Usage(1, 1))

    durations = [e.data["duration"] for e in of_type(run(Queued()), "response.completed")]
    assert all(duration < 0.5 for duration in durations)


def test_a_stream_without_an_end_is_an_interruption() -> None:
    class Abrupt(Speaker):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            yield Opened()
            yield Text("And then")

    events = run(Abrupt())
    assert ("And then", "error") == (
        of_type(events, "response.interrupted")[0].data["content"],
        of_type(events, "response.interrupted")[0].data["reason"],
    )
    assert "stream_broken" == events[-1].data["error"]["kind"]


class TestAFleet:
    def fleet(self, tmp_path: Any, count: int, jobs: int, act: Any = None) -> Any:
        async def all_of_them() -> Any:
            events: list[Event] = []
            with EventStore(Folder(tmp_path)) as store:
                fleet = Fleet(DialogueEngine(Surroundings(Router(), store)), jobs)
                bench = Bench(Folder(tmp_path))
                wanted = [
                    Experiment(
                        f"exp_{n}",
                        bench.experiment("sim:terse", "sim:terse", 2).agents,
                        "Hello",
                        2,
                        n,
                    )
                    for n in range(count)
                ]
                async with aclosing(fleet.run(wanted)) as running:
                    async for event in running:
                        events.append(event)
                        if act is not None:
                            act(event, fleet)
                return fleet, events

        return asyncio.run(asyncio.wait_for(all_of_them(), 60))

    def test_all_experiments_come_to_their_end(self, tmp_path: Any) -> None:
        _, events = self.fleet(tmp_path, 20, 8)
        ended = {e.experiment_id for e in events if e.type == "experiment.completed"}
        assert {f"exp_{n}" for n in range(20)} == ended

    def test_the_events_of_each_are_its_log(self, tmp_path: Any) -> None:
        _, events = self.fleet(tmp_path, 5, 5)
        for n in range(5):
            mine = b"".join(e.line or b"" for e in events if e.experiment_id == f"exp_{n}")
            assert (tmp_path / f"exp_{n}.events.jsonl").read_bytes() == mine

    def test_no_more_run_at_once_than_were_asked_for(self, tmp_path: Any) -> None:
        running: set[str] = set()
        most = 0

        def act(event: Event, fleet: Fleet) -> None:
            nonlocal most
            running.add(event.experiment_id)
            most = max(most, len(running))
            if event.type == "experiment.completed":
                running.discard(event.experiment_id)

        self.fleet(tmp_path, 12, 3, act)
        assert 3 == most

    def test_one_that_cannot_begin_does_not_stop_the_others(self, tmp_path: Any) -> None:
        (tmp_path / "exp_1.events.jsonl").write_bytes(b"{}\n")
        fleet, events = self.fleet(tmp_path, 3, 2)
        assert ["exp_1"] == list(fleet.failures)
        assert 2 == types(events).count("experiment.completed")

    def test_an_error_of_who_takes_the_events_is_met_as_it_is(self, tmp_path: Any) -> None:
        def act(event: Event, fleet: Fleet) -> None:
            raise LookupError("on purpose")

        with pytest.raises(LookupError, match="on purpose"):
            self.fleet(tmp_path, 3, 2, act)

    def test_leaving_pauses_all_and_begins_no_other(self, tmp_path: Any) -> None:
        def act(event: Event, fleet: Fleet) -> None:
            if event.type == "turn.completed":
                fleet.leave(Pause("signal", "SIGTERM"))

        _, events = self.fleet(tmp_path, 9, 3, act)
        begun = types(events).count("experiment.started")
        assert (3, 3) == (begun, types(events).count("checkpoint.saved"))
