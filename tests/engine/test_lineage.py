"""Branches: which events of an experiment a new one begins with."""

from __future__ import annotations

import pytest

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.lineage import parent_at
from pidgin_cli.engine.turns import Pause
from pidgin_cli.errors import UsageError
from pidgin_cli.events.event import Event
from tests.engine.bench import Bench, of_type


def leaving(event: Event, control: Control) -> None:
    if event.type == "response.streaming" and event.turn_number == 1:
        control.leave(Pause("signal", "SIGTERM"))


def test_the_turns_before_are_copied_and_nothing_of_the_run_itself(bench: Bench) -> None:
    events = bench.run("sim:terse", "sim:terse", 3)
    parent = parent_at(events, 2)
    assert [(d.type, d.data, d.copied_from) for d in parent.history] == [
        (e.type, e.data, e.id) for e in events if e.turn_number in (0, 1)
    ]
    assert ("exp_1", 2) == (parent.experiment_id, parent.turn_number)


def test_pauses_are_not_copied_and_what_was_said_between_turns_is(bench: Bench) -> None:
    def steer(event: Event, control: Control) -> None:
        if event.type == "turn.completed" and event.turn_number == 0:
            control.hold("by hand")
        if event.type == "checkpoint.saved":
            control.inject({"source": "human", "content": "Hi", "target": None})
        if event.type == "conductor.intervention":
            control.go_on()

    parent = parent_at(bench.run("sim:terse", "sim:terse", 2, steer=steer), 1)
    kinds = [draft.type for draft in parent.history]
    assert ["turn.completed", "conductor.intervention"] == kinds[-2:]
    assert not {"pause.requested", "checkpoint.saved", "experiment.resumed"} & set(kinds)


def test_what_a_crash_left_of_a_response_is_not_copied(bench: Bench) -> None:
    events = bench.run("sim:terse", "sim:chatty", 2)
    second = next(e for e in events if e.type == "api.call.started" and e.agent_id == "agent_b")
    place = events.index(second) + 4
    bench.folder.log("exp_1").write_bytes(b"".join(e.line or b"" for e in events[:place]))
    bench.resume()
    whole = parent_at(bench.replay(), 1)
    left = second.data["response"]
    assert left not in [draft.data.get("response") for draft in whole.history]
    assert 2 == len([d for d in whole.history if d.type == "response.completed"])


def test_a_turn_that_is_not_whole_cannot_be_branched_after(bench: Bench) -> None:
    events = bench.run(turns=3, steer=leaving)
    assert 1 == len(of_type(events, "turn.completed"))
    assert parent_at(events, 1).history
    with pytest.raises(UsageError, match="has 1 whole turn: "):
        parent_at(events, 2)
