"""Whatever the events of a log hold, the fold takes them in and stays what it promises to be."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.codec import encode_object
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.kinds import KINDS
from pidgin_cli.store.subscribers import MetricsSubscriber

INNER = ["kind", "agent_id", "name", "system_prompt", "input_tokens", "max_turns", "parameters"]
KEYS = st.sampled_from(
    sorted({key for kind in KINDS.values() for key in kind.payload.__annotations__}.union(INNER))
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
    | st.sampled_from(["user", "system", "agent_a", "agent_b", "stop"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=10,
)
EVENTS = st.builds(
    Event,
    type=st.sampled_from([*KINDS, "odd.happened"]),
    experiment_id=st.just("exp_1"),
    id=st.just("i"),
    timestamp=st.floats(-1e300, 1e300),
    turn_number=st.none() | st.integers(-(2**63), 2**64 - 1),
    agent_id=st.sampled_from([None, "", "agent_a", "agent_b", "odd"]),
    data=st.dictionaries(KEYS, VALUES, max_size=7),
    v=st.sampled_from([1, 1, 1, 1, 2]),
    extra=st.sampled_from([{}, {"copied_from": None}]),
)


def is_sound(conversation: Conversation) -> bool:
    """Say whether everything in it has the type that it is said to have."""
    texts: list[Any] = [conversation.initial_prompt]
    integers: list[Any] = [conversation.max_turns, conversation.next_response]
    integers.append(0 if conversation.seed is None else conversation.seed)
    numbers: list[Any] = [conversation.duration]
    for agent in conversation.agents:
        texts += [agent.agent_id, agent.model, agent.provider, agent.shown_name]
        texts.append(agent.system_prompt or "")
    for message in conversation.messages:
        texts += [message.content, message.model or "", message.reasoning or ""]
        integers += [message.turn_number, message.response, message.tokens or 0]
        numbers.append(message.duration)
    for intervention in conversation.interventions:
        texts += [intervention.source, intervention.content, *(intervention.target or ())]
    texts += [conversation.reason or "", *conversation.requests]
    return (
        all(type(each) is str for each in texts)
        and all(type(each) is int for each in integers)
        and all(type(each) in (int, float) and not math.isnan(each) for each in numbers)
    )


@given(st.lists(EVENTS, max_size=8))
def test_any_events_are_folded_into_a_sound_conversation(events: list[Event]):
    conversation = Conversation()
    for event in events:
        conversation.apply(event)
        assert is_sound(conversation)
    for perspective in conversation.perspectives.values():
        lines = b"".join(message.line() for message in perspective.messages)
        assert hashlib.sha256(lines).hexdigest() == perspective.sha256
        assert "" not in [message.content for message in perspective.messages]


@given(st.lists(EVENTS, max_size=8))
def test_any_events_can_be_counted(events: list[Event]):
    metrics = MetricsSubscriber()
    for event in events:
        metrics(event)
    assert encode_object(
        {"counts": metrics.counts, "usage": metrics.usage.data(), "cost": metrics.cost_usd}
    )


@given(st.lists(EVENTS, max_size=8), st.integers(0, 8))
def test_a_fold_that_was_stopped_goes_on_where_it_was(events: list[Event], place: int):
    stopped = Conversation.of(events[:place])
    for event in events[place:]:
        stopped.apply(event)
    whole = Conversation.of(events)
    hashes = [{k: p.sha256 for k, p in each.perspectives.items()} for each in (whole, stopped)]
    assert hashes[0] == hashes[1]
    stopped.perspectives = whole.perspectives
    assert whole == stopped
