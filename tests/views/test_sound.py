"""Foreign events: whatever they hold, every view shows them and none breaks."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.codec import decode, encode_object
from pidgin_cli.events.event import Event
from pidgin_cli.events.kinds import KINDS
from pidgin_cli.views.brief import brief
from pidgin_cli.views.document import document
from pidgin_cli.views.markdown import markdown
from pidgin_cli.views.sound import sound
from pidgin_cli.views.text import text
from tests.views.logs import LOGS, log

INNER = ["kind", "message", "agent_id", "provider", "name", "system_prompt", "input_tokens", "odd"]
KEYS = st.sampled_from(
    sorted({key for kind in KINDS.values() for key in kind.payload.__annotations__}.union(INNER))
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)
EVENTS = st.builds(
    Event,
    type=st.sampled_from([*KINDS, "odd.happened"]),
    experiment_id=st.sampled_from(["exp_1", "\x1b[2J"]),
    id=st.just("i"),
    timestamp=st.floats(allow_nan=False, allow_infinity=False),
    turn_number=st.none() | st.integers(-(2**63), 2**64 - 1),
    agent_id=st.sampled_from([None, "", " ", "agent_a", "\u202e*"]),
    data=st.dictionaries(KEYS, VALUES, max_size=6),
    v=st.sampled_from([1, 1, 1, 2]),
    extra=st.dictionaries(st.just("copied_from"), VALUES, max_size=1),
)


def event(kind: str, **data: Any) -> Event:
    return Event(kind, "exp_1", "i", 1.0, 0, "agent_a", data)


@given(st.lists(EVENTS, max_size=8))
def test_every_view_survives_every_event(events: list[Event]) -> None:
    shown = "".join(text(events)) + "".join(markdown(events))
    shown += "".join(brief(event) or "" for event in events)
    assert set() == {character for character in shown if character < " "} - {"\n", "\t"}
    assert encode_object(document(events)).endswith(b"}\n")


def test_a_well_typed_event_is_given_back_itself() -> None:
    for name in LOGS:
        for line in log(name).split(b"\n")[:-1]:
            read = decode(line)
            nulls = any(value is None for value in read.data.values())
            assert nulls or sound(read) is read


def test_what_should_be_text_becomes_its_json() -> None:
    odd = event("response.completed", content=[{"text": "hi"}], tokens="12")
    assert sound(odd).data == {"content": '[{"text":"hi"}]'}


def test_nulls_count_as_missing() -> None:
    assert sound(event("response.completed", content=None, duration=None)).data == {}


def test_an_error_that_is_only_text_is_its_message() -> None:
    odd = event("experiment.failed", error="it broke")
    assert sound(odd).data == {"error": {"message": "it broke"}}


def test_agents_that_are_none_are_left_out() -> None:
    odd = event("experiment.started", agents=["a", {"agent_id": 5, "parameters": 1}])
    assert sound(odd).data == {"agents": [{"agent_id": "5"}]}


def test_a_target_that_is_only_text_is_a_list_of_one() -> None:
    odd = event("conductor.intervention", target="agent_b")
    assert sound(odd).data == {"target": ["agent_b"]}


def test_data_nested_very_deeply_breaks_no_view() -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"error": deep}
    events = [
        event("response.completed", content=deep),
        event("experiment.failed", error=deep),
        event("odd.happened", odd=deep),
    ]
    shown = (
        "".join(text(events)) + "".join(markdown(events)) + "".join(map(str, map(brief, events)))
    )
    assert '{"error":' * 100 in shown
