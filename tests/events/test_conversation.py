from __future__ import annotations

from typing import Any

import pytest

from pidgin_cli.events.cast import Agent, Intervention, OpenResponse, Spoken
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.perspective import Message
from pidgin_cli.events.usage import Usage

ADA = {"agent_id": "agent_a", "model": "sim:chatty", "provider": "sim", "parameters": {}}
BOB = {"agent_id": "agent_b", "model": "sim:terse", "provider": "sim", "parameters": {}}
CLEO = {"agent_id": "agent_c", "model": "sim:echo", "provider": "sim", "parameters": {}}
COUNTS = {"input_tokens": 10, "output_tokens": 3}


class Happening:
    """Makes events, one a second from 100 on."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(
        self, kind: str, turn: int | None = None, agent: str | None = None, /, **data: Any
    ) -> Happening:
        number = len(self.events)
        self.events.append(
            Event(kind, "exp_1", f"i-{number:06d}", 100.0 + number, turn, agent, data)
        )
        return self

    def copied(self) -> Happening:
        last = self.events[-1]
        extra = {"copied_from": "exp_0"}
        self.events[-1] = Event(
            last.type,
            last.experiment_id,
            last.id,
            last.timestamp,
            last.turn_number,
            last.agent_id,
            last.data,
            extra=extra,
        )
        return self

    def fold(self) -> Conversation:
        return Conversation.of(self.events)


def begun(*agents: dict[str, Any], prompt: str = "Talk", **data: Any) -> Happening:
    return Happening()(
        "experiment.started",
        agents=list(agents or (ADA, BOB)),
        initial_prompt=prompt,
        max_turns=4,
        seed=7,
        **data,
    )


def sent(conversation: Conversation) -> dict[str, list[tuple[str, ...]]]:
    """Give what each agent is sent: role, content, and name where there is one."""
    return {
        agent_id: [
            (message.role, message.content, *([message.name] if message.name else []))
            for message in perspective.messages
        ]
        for agent_id, perspective in conversation.perspectives.items()
    }


def test_before_anything_happened_there_is_nothing():
    conversation = Conversation()
    assert "unstarted" == conversation.state
    assert 0.0 == conversation.duration
    assert 0.0 == conversation.cost_usd
    assert -1 == conversation.turn_number


def test_an_experiment_begins_with_its_agents_prompt_and_limits():
    named = {**ADA, "name": "Ada", "system_prompt": "Be kind.", "parameters": {"temperature": 0}}
    writer = {"pidgin": "1", "host": "h", "boot": "b"}
    conversation = begun(named, BOB, writer=writer).fold()
    expected = (
        Agent("agent_a", "sim:chatty", "sim", "Ada", "Be kind.", {"temperature": 0}),
        Agent("agent_b", "sim:terse", "sim"),
    )
    assert expected == conversation.agents
    assert ("exp_1", "Talk", 4, 7, "running", writer) == (
        conversation.experiment_id,
        conversation.initial_prompt,
        conversation.max_turns,
        conversation.seed,
        conversation.state,
        conversation.writer,
    )
    assert ["Ada", "agent_b"] == [agent.shown_name for agent in conversation.agents]


def test_each_agent_is_sent_its_own_system_prompt_and_the_prompt():
    conversation = begun({**ADA, "system_prompt": "You are A."}, BOB).fold()
    expected = {
        "agent_a": [("system", "You are A."), ("user", "Talk")],
        "agent_b": [("user", "Talk")],
    }
    assert expected == sent(conversation)


def test_without_a_prompt_nobody_is_sent_one():
    assert {"agent_a": [], "agent_b": []} == sent(begun(prompt="").fold())


def test_an_agent_is_found_by_its_id():
    conversation = begun().fold()
    assert "sim:terse" == conversation.agent("agent_b").model
    with pytest.raises(KeyError):
        conversation.agent("agent_z")


def test_a_whole_response_is_a_message_with_its_own_figures():
    conversation = begun()("turn.started", 0)(
        "response.started", 0, "agent_a", response=0, model="m"
    )("response.streaming", 0, "agent_a", response=0, index=0, delta="Hi")(
        "response.completed",
        0,
        "agent_a",
        response=0,
        content="Hi",
        length=2,
        tokens=3,
        duration=1.5,
        model="m",
        finish_reason="stop",
        reasoning="hm",
    ).fold()
    assert [Spoken("agent_a", 0, "Hi", 0, False, 104.0, 1.5, 3, "m", "hm")] == conversation.messages
    assert {"agent_a"} == conversation.spoken
    assert conversation.open_response is None
    assert 1 == conversation.next_response


def test_two_agents_hear_each_other_as_users_without_names():
    conversation = begun()("response.completed", 0, "agent_a", response=0, content="Hi")(
        "response.completed", 0, "agent_b", response=1, content="Ho"
    ).fold()
    expected = {
        "agent_a": [("user", "Talk"), ("assistant", "Hi"), ("user", "Ho")],
        "agent_b": [("user", "Talk"), ("user", "Hi"), ("assistant", "Ho")],
    }
    assert expected == sent(conversation)


def test_beyond_two_agents_what_another_said_is_prefixed_with_its_name():
    conversation = begun({**ADA, "name": "Ada"}, BOB, CLEO)(
        "response.completed", 0, "agent_a", response=0, content="Hi"
    )("response.completed", 0, "agent_b", response=1, content="Ho").fold()
    expected = {
        "agent_a": [("user", "Talk"), ("assistant", "Hi"), ("user", "agent_b: Ho", "agent_b")],
        "agent_b": [("user", "Talk"), ("user", "Ada: Hi", "Ada"), ("assistant", "Ho")],
        "agent_c": [
            ("user", "Talk"),
            ("user", "Ada: Hi", "Ada"),
            ("user", "agent_b: Ho", "agent_b"),
        ],
    }
    assert expected == sent(conversation)


def test_a_message_without_text_is_kept_and_nobody_is_sent_it():
    conversation = begun()("response.completed", 2, "agent_a", response=5, content="").fold()
    assert [Spoken("agent_a", 2, "", 5, False, 101.0, 0.0)] == conversation.messages
    assert {"agent_a": [("user", "Talk")], "agent_b": [("user", "Talk")]} == sent(conversation)
    assert {"agent_a"} == conversation.spoken


def test_a_response_under_way_is_open_with_what_came():
    conversation = begun()("response.started", 3, "agent_b", response=9, model="m")(
        "response.streaming", 3, "agent_b", response=9, index=0, delta="Once "
    )("response.streaming", 3, "agent_b", response=9, index=1, delta="upon").fold()
    assert OpenResponse(9, "agent_b", 3, ["Once ", "upon"]) == conversation.open_response
    assert [] == conversation.messages
    assert 10 == conversation.next_response


def cut(reason: str, content: str = "Once up") -> Conversation:
    return begun()("turn.started", 1)("response.started", 1, "agent_a", response=0, model="m")(
        "response.interrupted",
        1,
        "agent_a",
        response=0,
        content=content,
        chars_received=len(content),
        duration=0.5,
        reason=reason,
    ).fold()


def test_what_the_user_interrupted_is_a_message():
    conversation = cut("user")
    assert [Spoken("agent_a", 1, "Once up", 0, True, 103.0, 0.5)] == conversation.messages
    assert ("user", "Once up") == sent(conversation)["agent_b"][-1]
    assert ("assistant", "Once up") == sent(conversation)["agent_a"][-1]
    assert {"agent_a"} == conversation.spoken
    assert 1 == conversation.interruptions
    assert conversation.open_response is None


def test_what_the_user_interrupted_before_any_word_is_no_message_but_was_its_turn():
    conversation = cut("user", "")
    assert [] == conversation.messages
    assert {"agent_a"} == conversation.spoken
    assert {"agent_a": [("user", "Talk")], "agent_b": [("user", "Talk")]} == sent(conversation)


@pytest.mark.parametrize("reason", ["signal", "stdout_closed", "timeout", "error", "odd", None])
def test_what_was_interrupted_otherwise_is_never_a_message(reason: Any):
    conversation = cut(reason)
    assert [] == conversation.messages
    assert set() == conversation.spoken
    assert conversation.open_response is None
    assert {"agent_a": [("user", "Talk")], "agent_b": [("user", "Talk")]} == sent(conversation)


def test_a_failure_is_never_speech():
    error = {"kind": "overloaded", "message": "Try later", "provider": "sim", "status": 529}
    conversation = begun()("turn.started", 0)(
        "response.started", 0, "agent_a", response=0, model="m"
    )("response.streaming", 0, "agent_a", response=0, index=0, delta="Half a")(
        "api.call.failed", 0, "agent_a", response=0, error=error, retryable=False
    )("experiment.failed", error=error, turns=0, duration=1.0, usage=COUNTS).fold()
    assert [] == conversation.messages
    assert {"agent_a": [("user", "Talk")], "agent_b": [("user", "Talk")]} == sent(conversation)
    assert ("failed", "overloaded", error) == (
        conversation.state,
        conversation.reason,
        conversation.error,
    )
    assert conversation.open_response is None


def test_resuming_discards_the_response_that_a_crash_cut():
    happened = begun()("turn.started", 0)("response.started", 0, "agent_a", response=0)
    happened("response.streaming", 0, "agent_a", response=0, index=0, delta="Lost")
    happened("experiment.resumed", turn_number=0, agent_id="agent_a", reason="crashed", changes={})
    conversation = happened.fold()
    assert conversation.open_response is None
    assert [] == conversation.messages
    assert (0, True, set(), 1) == (
        conversation.turn_number,
        conversation.turn_open,
        conversation.spoken,
        conversation.next_response,
    )


def test_a_retry_never_joins_two_partial_texts():
    conversation = begun()("response.started", 0, "agent_a", response=0, model="m")(
        "response.streaming", 0, "agent_a", response=0, index=0, delta="One"
    )("response.started", 0, "agent_a", response=1, model="m")(
        "response.streaming", 0, "agent_a", response=1, index=0, delta="Two"
    ).fold()
    assert OpenResponse(1, "agent_a", 0, ["Two"]) == conversation.open_response


def test_resuming_takes_back_pause_and_failure_and_raises_limits():
    writer = {"pidgin": "2", "host": "h", "boot": "c"}
    conversation = begun()("experiment.failed", error={"kind": "timeout"})(
        "experiment.resumed", reason="failed", changes={"max_turns": 9}, writer=writer
    ).fold()
    assert ("running", None, {}, 9, writer) == (
        conversation.state,
        conversation.reason,
        dict(conversation.error),
        conversation.max_turns,
        conversation.writer,
    )


def test_resuming_without_changes_keeps_the_limits():
    assert 4 == begun()("experiment.resumed", reason="paused", changes={}).fold().max_turns


def test_a_checkpoint_is_a_pause_only_where_one_was_asked_for():
    saved = {"turns": 0, "messages": 0, "events": 1, "digest": "sha256:"}
    assert "running" == begun()("checkpoint.saved", **saved).fold().state
    paused = begun()("pause.requested", reason="user", detail="")("checkpoint.saved", **saved)
    assert ("paused", "user") == (paused.fold().state, paused.fold().reason)


def test_the_time_between_pause_and_resume_does_not_count():
    conversation = begun()("pause.requested", reason="user", detail="")("checkpoint.saved")
    conversation("experiment.resumed", reason="paused", changes={})("turn.started", 0)
    # From 100 to 104, of which the second between checkpoint and resume is none of its own.
    assert 3.0 == conversation.fold().duration


def test_a_pause_that_ends_with_the_experiment_does_not_count():
    paused = begun()("pause.requested", reason="user", detail="")("checkpoint.saved")
    stopped = paused("conductor.intervention", source="human", content="Hm", target=None)(
        "experiment.completed", reason="stopped"
    )
    # From 100 to the checkpoint at 102.
    assert 2.0 == stopped.fold().duration


def test_turns_are_counted_when_they_are_complete():
    happened = begun()("turn.started", 0)("turn.completed", 0)("turn.started", 1)
    conversation = happened.fold()
    assert (1, True, 1) == (
        conversation.turn_number,
        conversation.turn_open,
        conversation.turns_completed,
    )
    after = happened("turn.completed", 1).fold()
    assert (1, False, 2) == (after.turn_number, after.turn_open, after.turns_completed)


def test_a_new_turn_is_everybody_s_again():
    happened = begun()("turn.started", 0)("response.completed", 0, "agent_a", content="Hi")
    happened("convergence.measured", 0, score=0.5)("turn.completed", 0)
    assert {"agent_a"} == happened.fold().spoken
    assert 1 == len(happened.fold().turn_detections)
    happened("turn.started", 1)
    assert (set(), []) == (happened.fold().spoken, happened.fold().turn_detections)


def test_usage_and_cost_of_calls_add_up():
    conversation = begun()(
        "api.call.completed", 0, "agent_a", response=0, usage=COUNTS, cost_usd=0.25
    )("api.call.failed", 0, "agent_b", response=1, usage={"input_tokens": 5})(
        "api.call.completed",
        0,
        "agent_b",
        response=2,
        usage={**COUNTS, "cached_tokens": 4, "reasoning_tokens": 1},
        cost_usd=0.5,
    ).fold()
    assert Usage(25, 6, 4, 0, 1) == conversation.usage
    assert 0.75 == conversation.cost_usd


def test_the_figures_of_turns_and_last_words_are_not_counted_again():
    conversation = begun()(
        "api.call.completed", 0, "agent_a", response=0, usage=COUNTS, cost_usd=0.25
    )("turn.completed", 0, duration=1.0, usage=COUNTS, cost_usd=0.25)(
        "experiment.completed", reason="max_turns", usage=COUNTS, cost_usd=0.25
    ).fold()
    assert (Usage(10, 3), 0.25) == (conversation.usage, conversation.cost_usd)
    assert ("completed", "max_turns") == (conversation.state, conversation.reason)


def test_copied_calls_are_not_counted_again():
    conversation = (
        begun()("api.call.completed", 0, "agent_a", response=0, usage=COUNTS, cost_usd=1.0)
        .copied()("api.call.completed", 0, "agent_b", response=1, usage=COUNTS)
        .copied()("api.call.failed", 0, "agent_b", response=2, usage=COUNTS)
        .copied()("api.call.completed", 1, "agent_a", response=3, usage=COUNTS, cost_usd=0.5)
        .fold()
    )
    assert (Usage(10, 3), 0.5, 4) == (
        conversation.usage,
        conversation.cost_usd,
        conversation.next_response,
    )


def test_one_call_without_a_known_price_leaves_the_cost_unknown():
    conversation = begun()(
        "api.call.completed", 0, "agent_a", response=0, usage=COUNTS, cost_usd=0.25
    )("api.call.completed", 0, "agent_b", response=1, usage=COUNTS).fold()
    assert conversation.cost_usd is None
    assert 1 == conversation.unpriced_calls


def test_words_for_everybody_reach_every_agent():
    conversation = begun()(
        "conductor.intervention", 0, source="human", content="Stop", target=None
    ).fold()
    assert [Intervention(0, "human", "Stop", None, 101.0)] == conversation.interventions
    expected = [("user", "Talk"), ("user", "Stop")]
    assert {"agent_a": expected, "agent_b": expected} == sent(conversation)


def test_words_with_a_target_reach_only_their_target():
    conversation = begun(ADA, BOB, CLEO)(
        "conductor.intervention",
        None,
        source="mediator",
        content="Psst",
        target=["agent_b", "agent_z"],
    ).fold()
    assert [
        Intervention(None, "mediator", "Psst", ("agent_b", "agent_z"), 101.0)
    ] == conversation.interventions
    alone = [("user", "Talk")]
    assert {
        "agent_a": alone,
        "agent_b": [*alone, ("user", "Psst")],
        "agent_c": alone,
    } == sent(conversation)


def test_words_of_the_system_are_system_messages():
    conversation = begun()(
        "conductor.intervention", 0, source="system", content="Be brief", target=["agent_a"]
    ).fold()
    assert [Message("user", "Talk"), Message("system", "Be brief")] == conversation.perspectives[
        "agent_a"
    ].messages


def test_an_intervention_without_words_is_kept_and_nobody_is_sent_it():
    conversation = begun()("conductor.intervention", 0, source="human", content="").fold()
    assert [Intervention(0, "human", "", None, 101.0)] == conversation.interventions
    assert {"agent_a": [("user", "Talk")], "agent_b": [("user", "Talk")]} == sent(conversation)


def test_requests_that_were_carried_out_are_remembered():
    conversation = begun()("conductor.intervention", 0, source="human", content="a", request="r1")(
        "conductor.intervention", 0, source="human", content="b"
    )("conductor.intervention", 0, source="human", content="c", request="r2").fold()
    assert {"r1", "r2"} == conversation.requests


def test_the_last_and_the_highest_convergence_are_known():
    conversation = begun()("convergence.measured", 0, score=0.2)(
        "convergence.measured", 1, score=0.9
    )("convergence.measured", 2, score=0).fold()
    assert (0, 0.9) == (conversation.convergence, conversation.highest_convergence)


def test_a_detection_that_does_not_say_what_was_seen_asks_for_nothing():
    conversation = begun()("turn.started", 0)("convergence.measured", 0, score="high")(
        "attractor.detected", 0, kind="loop"
    )("attractor.detected", 0, action="stop", description="a loop").fold()
    assert ["attractor.detected"] == [event.type for event in conversation.turn_detections]
    assert (2, None) == (conversation.attractors, conversation.convergence)


def test_events_of_another_version_are_counted_and_change_nothing_else():
    happened = begun()("response.completed", 0, "agent_a", response=0, content="Hi")
    before = happened.fold()
    later = Event("response.completed", "exp_1", "x", 500.0, 1, "agent_b", {"content": "?"}, v=2)
    after = Conversation.of([*happened.events, later, later])
    assert 2 == after.skipped
    assert (before.messages, before.last_timestamp) == (after.messages, after.last_timestamp)


def test_a_log_of_another_version_only_is_nothing_that_began():
    conversation = Conversation.of([Event("experiment.started", "e", "i", 5.0, None, None, {}, 2)])
    assert ("unstarted", 1, None) == (
        conversation.state,
        conversation.skipped,
        conversation.first_timestamp,
    )


@pytest.mark.parametrize("kind", ["odd.happened", "rate_limit.warning", "context.usage"])
def test_kinds_that_are_not_state_change_the_time_alone(kind: str):
    expected = begun().fold()
    expected.last_timestamp = 101.0
    actual = begun()(kind, 5, "agent_z", content="?", agents=[]).fold()
    assert sent(expected) == sent(actual)
    actual.perspectives = expected.perspectives
    assert expected == actual


def test_a_log_that_begins_in_the_middle_still_has_its_messages():
    conversation = Happening()("response.completed", 3, "agent_a", content="Hello!").fold()
    assert [Spoken("agent_a", 3, "Hello!", 0, False, 100.0, 0.0)] == conversation.messages
    assert ("exp_1", "unstarted", {}) == (
        conversation.experiment_id,
        conversation.state,
        conversation.perspectives,
    )


def test_events_without_a_counter_belong_to_the_response_under_way():
    conversation = begun()("response.started", 0, "agent_a")(
        "response.completed", 0, "agent_a", content="x"
    )("response.started", 0, "agent_b")("response.completed", 0, "agent_b", content="y").fold()
    assert [0, 1] == [message.response for message in conversation.messages]


@pytest.mark.parametrize(
    ("content", "expected"), [(None, ""), (5, "5"), ([{"text": "hi"}], '[{"text":"hi"}]')]
)
def test_content_of_another_type_is_its_json_or_nothing(content: Any, expected: str):
    conversation = Happening()("response.completed", 0, "agent_a", content=content).fold()
    assert [expected] == [message.content for message in conversation.messages]


def test_a_foreign_start_is_read_as_far_as_it_makes_sense():
    conversation = Happening()(
        "experiment.started",
        agents=["agent_a", {"agent_id": 5, "parameters": "hot"}, None],
        initial_prompt=None,
        max_turns="ten",
        seed=0.5,
        writer="me",
    ).fold()
    assert ((Agent("5", "", ""),), "", 0, None, {}) == (
        conversation.agents,
        conversation.initial_prompt,
        conversation.max_turns,
        conversation.seed,
        dict(conversation.writer),
    )
