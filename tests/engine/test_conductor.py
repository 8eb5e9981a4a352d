"""What is asked of a running experiment from outside is carried out, once, and recorded."""

from __future__ import annotations

import time
from typing import Any

import pytest

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.interventions import ConductorIntervention
from pidgin_cli.store import watch
from pidgin_cli.store.inbox import Act, Request, post
from tests.engine.bench import Bench, of_type, types

SLOW = "sim:chatty,pace=100"


def posting(bench: Bench, *requests: Request) -> Any:
    """Post when the first text has come."""
    waiting = [*requests]

    def steer(event: Event, control: Control) -> None:
        if event.type == "response.streaming":
            while waiting:
                post(bench.folder, "exp_1", waiting.pop(0))

    return steer


@pytest.fixture(params=["inotify", "polling"])
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the system tells of a change: by itself, or only when it is asked."""
    if request.param == "polling":
        monkeypatch.setattr(watch, "_inotify", lambda folder, **_: None)
    return str(request.param)


@pytest.mark.usefixtures("told")
def test_an_interruption_cuts_the_response_under_way(bench: Bench) -> None:
    request = Request("interrupt")
    events = bench.run("sim:chatty,pace=20", "sim:terse", 1, steer=posting(bench, request))
    (cut,) = of_type(events, "response.interrupted")
    assert ("user", request.id) == (cut.data["reason"], cut.data["request"])


def test_a_stop_completes_with_its_request(bench: Bench) -> None:
    request = Request("stop")
    last = bench.run(SLOW, turns=9, steer=posting(bench, request))[-1]
    assert ("experiment.completed", "stopped", request.id) == (
        last.type,
        last.data["reason"],
        last.data["request"],
    )


def test_a_pause_waits_for_the_response_and_resume_goes_on(bench: Bench) -> None:
    pause, go_on = Request("pause"), Request("resume")
    post_pause = posting(bench, pause)

    def steer(event: Event, control: Control) -> None:
        post_pause(event, control)
        if event.type == "checkpoint.saved":
            post(bench.folder, "exp_1", go_on)

    events = bench.run(SLOW, turns=1, steer=steer)
    place = types(events).index("pause.requested")
    assert "response.completed" == events[place - 1].type
    assert [pause.id, None, go_on.id] == [
        each.data.get("request") for each in events[place : place + 3]
    ]
    assert "completed" == Conversation.of(events).state


def test_a_pause_is_no_part_of_any_duration(bench: Bench) -> None:
    def steer(event: Event, control: Control) -> None:
        if event.type == "response.completed" and event.agent_id == "agent_a":
            control.hold("by hand")
        if event.type == "checkpoint.saved":
            control.inject(ConductorIntervention(source="human", content="Hi", target=None))
            time.sleep(0.3)
        if event.type == "conductor.intervention":
            time.sleep(0.3)
            control.go_on()

    events = bench.run("sim:terse", "sim:terse", 1, steer=steer)
    (turn,) = of_type(events, "turn.completed")
    whole = events[-1].timestamp - events[0].timestamp
    assert max(turn.data["duration"], Conversation.of(events).duration) <= whole - 0.6


def test_words_reach_their_target_and_are_recorded_with_their_source(bench: Bench) -> None:
    request = Request("inject", "Talk of bees.", "mediator", ("agent_b",))
    events = bench.run(SLOW, turns=1, steer=posting(bench, request))
    (made,) = of_type(events, "conductor.intervention")
    assert {
        "source": "mediator",
        "content": "Talk of bees.",
        "target": ["agent_b"],
        "request": request.id,
    } == made.data
    assert [1, 3] == [each.data["messages"] for each in of_type(events, "api.call.started")]


def test_the_inbox_is_gone_when_the_run_is_over(bench: Bench) -> None:
    bench.run(SLOW, turns=1, steer=posting(bench, Request("resume"), Request("inject", "Hi")))
    assert not bench.folder.control("exp_1").exists()


@pytest.mark.parametrize("act", ["pause", "resume", "stop", "interrupt"])
def test_what_a_dead_run_was_asked_is_past(bench: Bench, act: Act) -> None:
    leave = Pause("signal", "SIGTERM")
    bench.run(turns=2, steer=lambda e, c: c.leave(leave) if e.type == "turn.completed" else None)
    bench.folder.control("exp_1").write_bytes(Request(act).line())
    assert ("experiment.completed", "max_turns") == (
        (last := bench.resume()[-1]).type,
        last.data["reason"],
    )
    assert not bench.folder.control("exp_1").exists()


def test_words_that_a_dead_run_had_not_recorded_are_said_once(bench: Bench) -> None:
    done, left = Request("inject", "Done."), Request("inject", "Left over.")
    leave = Pause("signal", "SIGTERM")
    asking = posting(bench, done)

    def steer(event: Event, control: Control) -> None:
        asking(event, control)
        if event.type == "turn.completed":
            control.leave(leave)

    bench.run(SLOW, turns=2, steer=steer)
    bench.folder.control("exp_1").write_bytes(done.line() + left.line())
    bench.resume()
    made = of_type(bench.replay(), "conductor.intervention")
    assert ["Done.", "Left over."] == [each.data["content"] for each in made]


def test_an_inbox_of_an_experiment_that_was_removed_is_not_for_a_new_one(bench: Bench) -> None:
    bench.folder.make()
    bench.folder.control("exp_1").write_bytes(
        Request("stop").line() + Request("inject", "Old.", timestamp=time.time() - 1).line()
    )
    events = bench.run(turns=1)
    assert ([], "max_turns") == (
        of_type(events, "conductor.intervention"),
        events[-1].data["reason"],
    )


def test_a_store_that_keeps_nothing_has_no_inbox(bench: Bench) -> None:
    bench.folder = None  # type: ignore[assignment]
    assert "experiment.completed" == bench.run(turns=1)[-1].type
