import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pidgin_cli.config.settings import (
    AttractorSettings,
    ContextSettings,
    ConvergenceSettings,
    ConversationSettings,
    StreamSettings,
)
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.turns import Pause
from pidgin_cli.errors import ExperimentExistsError, UsageError
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.interventions import ConductorIntervention
from tests.engine.bench import Bench, agents, lasting, of_type, types

Script = Callable[..., str]
RESPONSE = [
    "context.usage",
    "api.call.started",
    "response.started",
    "api.call.completed",
    "response.completed",
]


def once(kind: str, act: Callable[[Control], Any], **where: Any) -> Callable[..., None]:
    """Act at the first event of a kind."""
    seen: list[Event] = []

    def steer(event: Event, control: Control) -> None:
        fits = all(getattr(event, name) == value for name, value in where.items())
        if event.type == kind and fits and not seen:
            seen.append(event)
            act(control)

    return steer


def without_stream(events: list[Event]) -> list[str]:
    hidden = ("response.streaming", "stream.chunk.received")
    return [kind for kind in types(events) if kind not in hidden]


def sealed_rightly(bench: Bench) -> bool:
    lines = bench.folder.log("exp_1").read_bytes().splitlines(keepends=True)
    before = lines[:-1]
    data = json.loads(lines[-1])["data"]
    digest = hashlib.sha256(b"".join(before)).hexdigest()
    return (data["events"], data["digest"]) == (len(before), f"sha256:{digest}")


class TestACompletedExperiment:
    def test_its_events_come_in_the_order_of_the_contract(self, bench: Bench) -> None:
        turn = ["turn.started", *RESPONSE, *RESPONSE, "convergence.measured", "turn.completed"]
        assert ["experiment.started", *turn, *turn, "experiment.completed"] == without_stream(
            bench.run(turns=2)
        )

    def test_what_is_given_is_what_the_log_holds(self, bench: Bench) -> None:
        events = bench.run(turns=2)
        assert bench.folder.log("exp_1").read_bytes() == b"".join(map(encode, events))

    def test_its_last_word_seals_the_log(self, bench: Bench) -> None:
        bench.run(turns=3)
        assert sealed_rightly(bench)

    def test_twenty_turns_are_twenty(self, bench: Bench) -> None:
        events = bench.run(turns=20)
        counts = Counter(types(events))
        assert (20, 20, 40, 20) == (
            counts["turn.started"],
            counts["turn.completed"],
            counts["response.completed"],
            events[-1].data["turns"],
        )

    def test_the_same_seed_gives_the_same_log(self, bench: Bench, tmp_path: Any) -> None:
        other = Bench(bench.folder._replace(root=tmp_path / "other"))
        assert list(map(lasting, bench.run(turns=5))) == list(map(lasting, other.run(turns=5)))

    def test_another_seed_gives_other_words(self, bench: Bench, tmp_path: Any) -> None:
        other = Bench(bench.folder._replace(root=tmp_path / "other"))
        first, second = bench.run(turns=1), other.run(turns=1, seed=8)
        assert first[-2].data != second[-2].data

    def test_usage_and_cost_in_the_last_event_are_those_of_the_calls(self, bench: Bench) -> None:
        events = bench.run(turns=3)
        calls = of_type(events, "api.call.completed")
        usage = {
            name: sum(call.data["usage"][name] for call in calls)
            for name in ("input_tokens", "output_tokens")
        }
        assert (usage, 0.0) == (events[-1].data["usage"], events[-1].data["cost_usd"])

    def test_the_deltas_joined_are_the_content(self, bench: Bench) -> None:
        events = bench.run(turns=3)
        joined = Counter[int]()
        texts: dict[int, str] = {}
        for event in of_type(events, "response.streaming"):
            number = event.data["response"]
            assert joined[number] == event.data["index"]
            joined[number] += 1
            texts[number] = texts.get(number, "") + event.data["delta"]
        assert texts == {
            event.data["response"]: event.data["content"]
            for event in of_type(events, "response.completed")
        }

    def test_an_id_that_exists_is_refused_and_its_log_is_untouched(self, bench: Bench) -> None:
        bench.run(turns=1)
        before = bench.folder.log("exp_1").read_bytes()
        with pytest.raises(ExperimentExistsError):
            bench.run(turns=1)
        assert before == bench.folder.log("exp_1").read_bytes()

    def test_an_unknown_model_makes_nothing(self, bench: Bench) -> None:
        with pytest.raises(UsageError):
            bench.run("sim:nobody")
        assert not bench.folder.root.exists()

    def test_history_is_not_repeated_in_events(self, bench: Bench) -> None:
        bench.run("sim:terse", "sim:terse", turns=40)
        sizes = Counter[int]()
        for line in bench.folder.log("exp_1").read_bytes().splitlines():
            event = decode(line)
            sizes[event.turn_number if event.turn_number is not None else -1] += len(line)
        early, late = (sum(sizes[turn] for turn in turns) for turns in (range(10), range(30, 40)))
        assert late < early * 1.1


class TestWhatAgentsAreSent:
    def test_each_call_says_the_hash_of_the_messages_it_carried(self, bench: Bench) -> None:
        events = bench.run(turns=3)
        conversation = Conversation()
        for event in events:
            if event.type == "api.call.started":
                perspective = conversation.perspectives[event.agent_id or ""]
                lines = b"".join(message.line() for message in perspective.messages)
                assert hashlib.sha256(lines).hexdigest() == event.data["messages_sha256"]
                assert len(perspective.messages) == event.data["messages"]
            conversation.apply(event)

    def test_parameters_are_recorded_as_asked_and_as_sent(self, bench: Bench) -> None:
        events = bench.run(turns=1, agents=agents(parameters={"temperature": 0, "max_tokens": 5}))
        call = of_type(events, "api.call.started")[0]
        assert {"temperature": 0, "max_tokens": 5} == call.data["parameters"]["asked"]
        assert 0 == call.data["parameters"]["sent"]["temperature"]
        assert 5 == of_type(events, "response.completed")[0].data["tokens"]


class TestFailures:
    def test_a_retryable_failure_is_tried_again(self, bench: Bench, script: Script) -> None:
        errors = [{"kind": "overloaded", "status": 529, "retry_in": 0}] * 2
        model = script(json.dumps({"content": "At last.", "errors": errors}))
        events = bench.run(model, "sim:terse", turns=1)
        first = [event for event in events if event.agent_id == "agent_a"]
        assert [
            "context.usage",
            *["api.call.started", "api.call.failed"] * 2,
            *RESPONSE[1:],
        ] == without_stream(first)
        assert [1, 2, 3] == [e.data["attempt"] for e in of_type(first, "api.call.started")]
        assert "completed" == Conversation.of(events).state

    def test_attempts_come_to_an_end(self, bench: Bench, script: Script) -> None:
        bench.calling = replace(bench.calling, retries=2)
        errors = [{"kind": "overloaded", "retry_in": 0}] * 9
        events = bench.run(script(json.dumps({"content": "x", "errors": errors})), turns=1)
        assert [0, 0, None] == [e.data["retry_in"] for e in of_type(events, "api.call.failed")]
        assert ("experiment.failed", "overloaded") == (
            events[-1].type,
            events[-1].data["error"]["kind"],
        )

    def test_a_failure_that_is_final_is_not_tried_again(self, bench: Bench, script: Script) -> None:
        errors = [{"kind": "authentication", "status": 401, "retryable": False}]
        events = bench.run(script(json.dumps({"content": "x", "errors": errors})), turns=1)
        assert ["api.call.failed", "experiment.failed"] == types(events)[-2:]
        assert {"kind": "authentication", "status": 401} == {
            key: events[-1].data["error"][key] for key in ("kind", "status")
        }
        assert sealed_rightly(bench)

    def test_text_that_came_is_never_asked_for_again(self, bench: Bench, script: Script) -> None:
        model = script(json.dumps({"content": "All but the end.", "break_after": 8}))
        events = bench.run(model, turns=1)
        assert ["api.call.failed", "response.interrupted", "experiment.failed"] == types(events)[
            -3:
        ]
        assert ("All but ", "error") == (
            events[-2].data["content"],
            events[-2].data["reason"],
        )
        assert 1 == types(events).count("api.call.started")

    def test_a_failure_is_never_speech(self, bench: Bench, script: Script) -> None:
        model = script(json.dumps({"content": "Half a thought.", "break_after": 5}))
        conversation = Conversation.of(bench.run(model, turns=1))
        assert [] == conversation.messages
        assert ["Hello"] == [m.content for m in conversation.perspectives["agent_b"].messages]

    def test_the_tokens_of_a_broken_call_are_estimated_and_counted(
        self, bench: Bench, script: Script
    ) -> None:
        model = script(json.dumps({"content": "All but the end.", "break_after": 8}))
        events = bench.run(model, turns=1)
        usage = {"input_tokens": 2, "output_tokens": 2}
        failed = of_type(events, "api.call.failed")[0].data
        assert (usage, True, usage) == (
            failed["usage"],
            failed["usage_estimated"],
            events[-1].data["usage"],
        )

    def test_a_rate_limit_warning_is_an_event(self, bench: Bench, script: Script) -> None:
        limit = {"message": "slow down", "retry_in": 1.5, "limits": {"requests": 1}}
        events = bench.run(script(json.dumps({"content": "x", "rate_limit": limit})), turns=1)
        assert {"provider": "sim", **limit} == of_type(events, "rate_limit.warning")[0].data

    def test_a_failed_experiment_can_be_resumed(self, bench: Bench, script: Script) -> None:
        model = script(json.dumps({"content": "Better now.", "errors": [{"kind": "down"}]}))
        bench.calling = replace(bench.calling, retries=0)
        bench.run(model, "sim:terse", turns=1)
        bench.calling = replace(bench.calling, retries=1, jitter=lambda: 1.0)
        again = bench.resume()
        assert ("experiment.resumed", "failed", 0, "agent_a") == (
            again[0].type,
            again[0].data["reason"],
            again[0].data["turn_number"],
            again[0].data["agent_id"],
        )
        assert ("experiment.completed", True) == (again[-1].type, sealed_rightly(bench))


class TestSteering:
    def test_an_interrupted_response_is_a_message(self, bench: Bench) -> None:
        steer = once("response.streaming", Control.interrupt)
        events = bench.run(turns=1, steer=steer)
        cut = of_type(events, "response.interrupted")[0]
        assert "user" == cut.data["reason"]
        assert len(cut.data["content"]) == cut.data["chars_received"]
        conversation = Conversation.of(events)
        assert cut.data["content"] == conversation.messages[0].content
        assert "completed" == conversation.state

    def test_leaving_cuts_the_response_and_seals_a_checkpoint(self, bench: Bench) -> None:
        pause = Pause("signal", "SIGTERM")
        steer = once("response.streaming", lambda control: control.leave(pause), turn_number=1)
        events = bench.run(turns=9, steer=steer)
        assert ["response.interrupted", "pause.requested", "checkpoint.saved"] == types(events)[-3:]
        assert ("signal", {"reason": "signal", "detail": "SIGTERM"}) == (
            events[-3].data["reason"],
            events[-2].data,
        )
        assert (1, 2) == (events[-1].data["turns"], events[-1].data["messages"])
        assert sealed_rightly(bench)

    def test_stopping_completes_the_experiment(self, bench: Bench) -> None:
        events = bench.run(turns=9, steer=once("turn.completed", Control.stop))
        assert ("experiment.completed", "stopped", 1) == (
            events[-1].type,
            events[-1].data["reason"],
            events[-1].data["turns"],
        )

    def test_a_held_experiment_keeps_its_lock_and_goes_on(self, bench: Bench) -> None:
        seen: list[str] = []

        def steer(event: Event, control: Control) -> None:
            if event.type == "turn.completed" and event.turn_number == 0:
                control.hold("by hand")
            if event.type == "checkpoint.saved":
                with pytest.raises(Exception, match="being written"):
                    bench.resume_now()
                seen.append("locked")
                control.go_on()

        bench.resume_now = lambda: _open(bench)  # type: ignore[attr-defined]
        events = bench.run(turns=2, steer=steer)
        assert ["locked"] == seen
        middle = types(events).index("pause.requested")
        assert ["pause.requested", "checkpoint.saved", "experiment.resumed"] == types(events)[
            middle : middle + 3
        ]
        assert "paused" == events[middle + 2].data["reason"]
        assert "completed" == Conversation.of(events).state

    def test_an_injection_reaches_its_target_alone_and_once(self, bench: Bench) -> None:
        words = ConductorIntervention(
            source="human", content="Talk of bees.", target=["agent_b"], request="r1"
        )

        def inject(control: Control) -> None:
            control.inject(words)
            control.inject(words)

        events = bench.run(turns=3, steer=once("turn.started", inject, turn_number=1))
        assert [words] == [event.data for event in of_type(events, "conductor.intervention")]
        heard = {
            agent_id: [m.content for m in perspective.messages].count("Talk of bees.")
            for agent_id, perspective in Conversation.of(events).perspectives.items()
        }
        assert {"agent_a": 0, "agent_b": 1} == heard

    def test_an_interruption_ends_a_wait_for_a_retry(self, bench: Bench, script: Script) -> None:
        errors = [{"kind": "overloaded", "retry_in": 3600}]
        model = script(json.dumps({"content": "x", "errors": errors}))
        steer = once("api.call.failed", Control.interrupt)
        events = bench.run(model, "sim:terse", turns=1, steer=steer)
        assert [("agent_a", "user", "")] == [
            (e.agent_id, e.data["reason"], e.data["content"])
            for e in of_type(events, "response.interrupted")
        ]
        assert "completed" == Conversation.of(events).state

    def test_words_that_were_accepted_are_recorded_before_the_run_is_left(
        self, bench: Bench
    ) -> None:
        words = ConductorIntervention(source="human", content="Bees.", target=None)

        def act(control: Control) -> None:
            control.inject(words)
            control.leave(Pause("signal", "SIGTERM"))

        events = bench.run(turns=3, steer=once("response.streaming", act))
        assert ["conductor.intervention", "pause.requested", "checkpoint.saved"] == types(events)[
            -3:
        ]

    def test_a_wait_for_a_retry_ends_when_somebody_leaves(
        self, bench: Bench, script: Script
    ) -> None:
        errors = [{"kind": "overloaded", "retry_in": 3600}]
        model = script(json.dumps({"content": "x", "errors": errors}))
        steer = once("api.call.failed", lambda c: c.leave(Pause("signal", "SIGINT")))
        assert ["pause.requested", "checkpoint.saved"] == types(bench.run(model, steer=steer))[-2:]


def _open(bench: Bench) -> None:
    from pidgin_cli.store.writer import FileLog

    FileLog.open(bench.folder, "exp_1")


class TestRules:
    def test_a_full_context_pauses_before_the_call(self, bench: Bench) -> None:
        events = bench.run("sim:chatty,context=200", "sim:chatty", turns=9)
        assert ["context.usage", "pause.requested", "checkpoint.saved"] == types(events)[-3:]
        assert "context_limit" == events[-2].data["reason"]
        assert events[-3].data["percentage"] >= 95

    def test_a_service_that_finds_its_context_full_pauses_the_run(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(context=ContextSettings(enabled=False))
        events = bench.run("sim:chatty,context=200", "sim:chatty", turns=9)
        assert ["api.call.failed", "pause.requested", "checkpoint.saved"] == types(events)[-3:]
        assert "context_limit" == events[-2].data["reason"]

    def test_a_service_that_counts_far_too_little_is_told_of(
        self, bench: Bench, script: Script
    ) -> None:
        usage = {"input_tokens": 400, "output_tokens": 1}
        model = script(json.dumps({"content": "Yes.", "usage": usage}))
        events = bench.run(model, "sim:terse", turns=1, initial_prompt="word " * 1000)
        told = [e for e in of_type(events, "context.usage") if not e.data["estimated"]]
        assert [("agent_a", 400, False)] == [
            (e.agent_id, e.data["tokens_used"], e.data["estimated"]) for e in told
        ]

    def test_the_estimate_goes_by_what_the_service_counted(
        self, bench: Bench, script: Script
    ) -> None:
        usage = {"input_tokens": 900, "output_tokens": 1}
        model = script(json.dumps({"content": "Yes, I do.", "usage": usage}))
        events = bench.run(model, model, turns=2, initial_prompt="word " * 400)
        first, second = [
            e.data["tokens_used"]
            for e in of_type(events, "context.usage")
            if e.agent_id == "agent_a"
        ]
        assert (500, 900 + 5) == (first, second)

    def test_a_context_that_fills_up_is_noted_from_the_threshold_on(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(context=ContextSettings(warning_threshold=30))
        events = bench.run("sim:chatty,context=900", "sim:chatty", turns=4)
        usages = [e.data for e in of_type(events, "context.usage") if e.agent_id == "agent_a"]
        assert [u["percentage"] >= 30 for u in usages] == ["note" in u for u in usages]
        assert {True, False} == {"note" in u for u in usages}

    def test_context_usage_can_be_switched_off(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(context=ContextSettings(enabled=False))
        assert "context.usage" not in types(bench.run(turns=1))

    def test_convergence_pauses_and_is_resumed_past(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(
            conversation=ConversationSettings(ConvergenceSettings(threshold=0, action="pause")),
        )
        first = bench.run(turns=2)
        assert ["turn.completed", "pause.requested", "checkpoint.saved"] == types(first)[-3:]
        second = bench.resume()
        assert ("turn.started", 1) == (second[1].type, second[1].turn_number)
        assert ["pause.requested", "checkpoint.saved"] == types(second)[-2:]
        assert ["experiment.resumed", "experiment.completed"] == types(bench.resume())

    def test_convergence_can_be_switched_off(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(
            conversation=ConversationSettings(ConvergenceSettings(enabled=False))
        )
        assert "convergence.measured" not in types(bench.run(turns=1))

    def test_an_attractor_stops_the_experiment(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(
            conversation=ConversationSettings(attractor=AttractorSettings(action="stop")),
        )
        events = bench.run("sim:echo", "sim:echo", turns=50)
        assert ("experiment.completed", "attractor", 5) == (
            events[-1].type,
            events[-1].data["reason"],
            events[-1].data["turns"],
        )

    def test_a_spiral_is_seen(self, bench: Bench) -> None:
        events = bench.run("sim:spiral", "sim:spiral", turns=40)
        kinds = {event.data["kind"] for event in of_type(events, "attractor.detected")}
        assert {"gratitude", "emoji_collapse"} <= kinds
        scores = [event.data["score"] for event in of_type(events, "convergence.measured")]
        assert scores[-1] > scores[0]

    def test_deltas_and_chunks_can_be_left_out(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(stream=StreamSettings(deltas=False, chunks="none"))
        assert {"response.streaming", "stream.chunk.received"}.isdisjoint(types(bench.run(turns=1)))

    def test_a_disk_that_fills_pauses_the_run(self, bench: Bench) -> None:
        bench.min_free = 2**62
        events = bench.run(turns=1)
        assert ["experiment.started", "pause.requested", "checkpoint.saved"] == types(events)
        assert "disk" == events[1].data["reason"]


class TestResuming:
    def test_a_completed_experiment_is_not_resumed(self, bench: Bench) -> None:
        bench.run(turns=1)
        with pytest.raises(UsageError, match="is completed"):
            bench.resume()

    @pytest.mark.parametrize("place", range(0, 160, 7))
    def test_pausing_and_resuming_changes_nothing_in_the_conversation(
        self, bench: Bench, tmp_path: Any, place: int
    ) -> None:
        whole = Bench(bench.folder._replace(root=tmp_path / "whole"))
        count = 0

        def steer(event: Event, control: Control) -> None:
            nonlocal count
            count += 1
            if count == place + 1:
                control.leave(Pause("signal", "SIGTERM"))

        bench.run("sim:spiral", "sim:chatty", turns=4, steer=steer)
        if Conversation.of(bench.replay()).state == "paused":
            bench.resume()
        said = Conversation.of(bench.replay())
        unbroken = Conversation.of(whole.run("sim:spiral", "sim:chatty", turns=4))
        assert [(m.agent_id, m.content) for m in unbroken.messages] == [
            (m.agent_id, m.content) for m in said.messages
        ]
        assert (unbroken.turns_completed, "completed") == (said.turns_completed, said.state)
        assert sealed_rightly(bench)

    def test_a_stop_that_was_due_is_not_forgotten(self, bench: Bench, tmp_path: Any) -> None:
        bench.rules = bench.rules._replace(
            conversation=ConversationSettings(ConvergenceSettings(threshold=0, action="stop")),
        )
        whole = bench.run(turns=9)
        assert ["turn.completed", "experiment.completed"] == types(whole)[-2:]
        cut = Bench(bench.folder._replace(root=tmp_path / "cut"))
        cut.rules = bench.rules
        cut.folder.make()
        cut.folder.log("exp_1").write_bytes(b"".join(e.line or b"" for e in whole[:-1]))
        again = cut.resume()
        assert ["experiment.resumed", "experiment.completed"] == types(again)
        assert "convergence" == again[-1].data["reason"]

    def test_a_detection_that_is_in_the_log_is_not_made_again(
        self, bench: Bench, tmp_path: Any
    ) -> None:
        whole = bench.run("sim:echo", "sim:echo", turns=5)
        place = types(whole).index("attractor.detected")
        cut = Bench(bench.folder._replace(root=tmp_path / "cut"))
        cut.folder.make()
        cut.folder.log("exp_1").write_bytes(b"".join(e.line or b"" for e in whole[: place + 1]))
        cut.resume()
        kinds = ("attractor.detected", "convergence.measured")
        assert Counter(types(of_type(whole, *kinds))) == Counter(
            types(of_type(cut.replay(), *kinds))
        )

    def test_what_cannot_be_asked_any_more_is_refused_before_anything_is_written(
        self, bench: Bench, script: Script, tmp_path: Any
    ) -> None:
        leave = Pause("signal", "SIGTERM")
        model = script("One.", "Two.")
        bench.run(model, turns=2, steer=once("turn.completed", lambda c: c.leave(leave)))
        before = bench.folder.log("exp_1").read_bytes()
        (tmp_path / "script.jsonl").unlink()
        with pytest.raises(UsageError):
            bench.resume()
        assert before == bench.folder.log("exp_1").read_bytes()

    def test_a_pause_that_a_rule_asked_for_goes_on_at_the_next_turn(self, bench: Bench) -> None:
        bench.rules = bench.rules._replace(
            conversation=ConversationSettings(attractor=AttractorSettings(action="pause")),
        )
        bench.run("sim:echo", "sim:echo", turns=9)
        resumed, next_turn, *_ = bench.resume()
        assert (5, 5) == (resumed.data["turn_number"], next_turn.turn_number)

    def test_a_turn_that_was_resumed_takes_as_long_as_its_rest(self, bench: Bench) -> None:
        leave = Pause("signal", "SIGTERM")
        bench.run(turns=1, steer=once("response.completed", lambda c: c.leave(leave)))
        ended = of_type(bench.resume(), "turn.completed")[0]
        assert 0 < ended.data["duration"] < 60

    def test_every_cut_of_a_log_can_be_resumed(self, bench: Bench, tmp_path: Any) -> None:
        unbroken = bench.run("sim:terse", "sim:terse", turns=2)
        log = bench.folder.log("exp_1").read_bytes()
        expected = [m.content for m in Conversation.of(unbroken).messages]
        ends = [place + 1 for place, byte in enumerate(log) if byte == ord("\n")]
        for end in ends[:-1]:
            cut = Bench(bench.folder._replace(root=tmp_path / f"cut{end}"))
            cut.folder.make()
            cut.folder.log("exp_1").write_bytes(log[: end + 20])
            first = cut.resume()[0]
            assert ("experiment.resumed", "crashed") == (first.type, first.data["reason"])
            again = Conversation.of(cut.replay())
            assert (expected, "completed") == ([m.content for m in again.messages], again.state)
            assert sealed_rightly(cut)
