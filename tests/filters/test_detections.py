from collections.abc import Iterator, Sequence
from typing import Any, SupportsIndex, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.settings import (
    AttractorSettings,
    ConvergenceSettings,
    ConversationSettings,
    Profile,
    WeightSettings,
)
from pidgin_cli.events.cast import Spoken
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.filters.detections import Detector
from pidgin_cli.measures.convergence import COMPONENTS, PROFILES

SETTINGS = ConversationSettings()
ALWAYS = AttractorSettings(check_interval=1, threshold=2)
AGENTS = ("agent_a", "agent_b", "agent_c")
ALIKE = dict.fromkeys(COMPONENTS, 1.0)
UNHEARD = {"mimicry": 0.0, "repetition": 0.0, "compression": 1.0, "length_drift": 0.0}


def event(kind: str, turn: int | None, agent_id: str | None = None, **data: Any) -> Event:
    return Event(kind, "exp_001", "", 0.0, turn, agent_id, data)


def turn_of(turn: int, contents: Sequence[str]) -> Iterator[Event]:
    yield event("turn.started", turn)
    for agent_id, content in zip(AGENTS, contents, strict=False):
        yield event("response.completed", turn, agent_id, content=content)


def after(turns: Sequence[Sequence[str]]) -> Conversation:
    return Conversation.of(
        each for turn, contents in enumerate(turns) for each in turn_of(turn, contents)
    )


def turn_detections(conversation: Conversation, settings: ConversationSettings) -> list[Draft]:
    return Detector(settings).turn(conversation)


def types(drafts: Sequence[Draft]) -> list[tuple[str, str | None]]:
    return [(draft.type, draft.data.get("kind")) for draft in drafts]


def test_a_turn_gives_its_convergence_and_nothing_of_the_turns_before():
    conversation = after([["One.", "Quite another thing!"], ["Two birds.", "Two birds."]])
    assert [
        Draft(
            "convergence.measured",
            {
                "score": 1.0,
                "components": ALIKE,
                "by_agent": {
                    "agent_a": {**UNHEARD, "length_drift": 0.585},
                    "agent_b": {**UNHEARD, "length_drift": -0.415},
                },
                "detector": {"name": "pidgin.convergence", "version": 3, "profile": "balanced"},
            },
            1,
        )
    ] == turn_detections(conversation, SETTINGS)


def test_an_attractor_comes_after_the_convergence_with_its_evidence_and_action():
    conversation = after([["Ping.", "Pong."]] * 5)
    settings = SETTINGS._replace(attractor=AttractorSettings(action="pause"))
    assert Draft(
        "attractor.detected",
        {
            "kind": "loop",
            "description": "agent_a repeats itself (5 times), agent_b repeats itself (5 times).",
            "confidence": 0.8571,
            "turns": [0, 1, 2, 3, 4],
            "detector": {"name": "pidgin.attractors", "version": 1},
            "action": "pause",
        },
        4,
    ) in turn_detections(conversation, settings)
    assert types(turn_detections(conversation, settings)) == [
        ("convergence.measured", None),
        ("attractor.detected", "loop"),
    ]


def test_the_baseline_is_how_alike_words_are_that_do_not_answer_each_other():
    turns = [["One two.", "Three four."], ["Five!", "Six."], ["Three four.", "One two."]]
    scores = [turn_detections(after(turns[: n + 1]), SETTINGS)[0].data for n in range(3)]
    assert ["baseline" in data for data in scores] == [False, False, True]
    assert (scores[2]["score"], scores[2]["baseline"]) == (0.5, 1.0)


def test_an_agent_is_measured_against_what_was_said_before_it_in_the_turn_and_earlier():
    turns = [["We go on.", "Then we go on and on."], ["Then we go on.", "We go on."]]
    (draft,) = turn_detections(after(turns), SETTINGS)
    agents = draft.data["by_agent"]
    assert {agent: (m["mimicry"], m["repetition"]) for agent, m in agents.items()} == {
        "agent_a": (1.0, 0.5),
        "agent_b": (1.0, 1.0),
    }


def test_what_was_said_long_ago_is_not_looked_at():
    turns = [["We go on.", "We go on."], *[["Yes.", "No."]] * 6, ["We go on.", "We go on."]]
    (draft, *_) = turn_detections(after(turns), SETTINGS)
    assert [each["repetition"] for each in draft.data["by_agent"].values()] == [0.0, 0.0]
    assert draft.data["by_agent"]["agent_a"]["mimicry"] == 0.0


def test_a_profile_says_which_components_make_the_score():
    conversation = after([["One two.", "One three."]])

    def score(**settings: Any) -> Any:
        changed = SETTINGS._replace(convergence=ConvergenceSettings(**settings))
        (draft,) = turn_detections(conversation, changed)
        return draft.data["score"], draft.data["detector"]["profile"]

    assert score(profile="form") == (1.0, "form")
    assert score(profile="words") == (0.6, "words")
    weights = WeightSettings(vocabulary=3, length=1)
    assert score(profile="custom", weights=weights) == (0.5, "custom")


def test_the_profiles_of_the_settings_are_those_of_the_measure():
    assert (*PROFILES, "custom") == get_args(Profile)
    assert tuple(WeightSettings._fields) == COMPONENTS


def test_attractors_are_looked_for_at_every_interval_only():
    looked = [
        turn
        for turn in range(20)
        if len(turn_detections(after([["Ping.", "Pong."]] * (turn + 1)), SETTINGS)) == 2
    ]
    assert looked == [4, 9, 14, 19]


def test_the_window_is_counted_in_turns():
    conversation = after([["Thank you!", "Thanks, I mean it."]] * 6)
    found = {
        window: turn_detections(
            conversation, SETTINGS._replace(attractor=ALWAYS._replace(window=window))
        )
        for window in (1, 3)
    }
    assert [
        [turn for draft in found[window][1:2] for turn in draft.data["turns"]] for window in (1, 3)
    ] == [[], [3, 4, 5]]


def test_what_is_switched_off_is_not_detected():
    conversation = after([["Ping.", "Pong."]] * 5)
    no_convergence = SETTINGS._replace(convergence=ConvergenceSettings(enabled=False))
    no_attractor = SETTINGS._replace(attractor=AttractorSettings(enabled=False))
    assert types(turn_detections(conversation, no_convergence)) == [("attractor.detected", "loop")]
    assert types(turn_detections(conversation, no_attractor)) == [("convergence.measured", None)]


def test_one_agent_alone_has_nothing_to_converge_with():
    assert turn_detections(after([["Hello.", "Hello."], ["Hello."]]), SETTINGS) == []


def test_three_agents_are_measured_as_the_mean_over_pairs():
    (draft,) = turn_detections(after([["One two.", "One two.", "Three four."]]), SETTINGS)
    assert draft.data["components"] == {**ALIKE, "vocabulary": 0.3333}


def test_a_message_that_the_user_cut_counts_as_it_stands():
    conversation = after([["Two birds."]])
    conversation.apply(
        event("response.interrupted", 0, "agent_b", content="Two birds.", reason="user")
    )
    assert [draft.data["score"] for draft in turn_detections(conversation, SETTINGS)] == [1.0]


def test_a_failure_is_not_measured():
    conversation = after([["Two birds."]])
    conversation.apply(
        event("response.interrupted", 0, "agent_b", content="Two birds.", reason="error")
    )
    assert turn_detections(conversation, SETTINGS) == []


def test_nothing_is_detected_before_the_first_turn():
    assert turn_detections(Conversation(), SETTINGS) == []


class Watched(list[Spoken]):
    """Counts the messages that are looked at."""

    looked_at = 0

    def __reversed__(self) -> Iterator[Spoken]:
        for spoken in super().__reversed__():
            self.looked_at += 1
            yield spoken

    def __iter__(self) -> Iterator[Spoken]:
        raise AssertionError("goes over the whole conversation")

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        raise AssertionError("not counted")


@pytest.mark.parametrize("turns", [20, 100, 800])
def test_a_look_costs_the_same_however_long_the_conversation_is(turns: int):
    conversation = after([[f"Number {turn}.", f"Then {turn + 1}."] for turn in range(turns)])
    watched = Watched(conversation.messages)
    conversation.messages = watched
    turn_detections(conversation, SETTINGS)
    assert watched.looked_at == 21


said = st.text() | st.sampled_from(["Thank you!", "Ok.", "🌟🌟", "", "\ud800"])


@given(st.lists(st.lists(said, max_size=3), max_size=12))
def test_a_detector_that_saw_every_turn_gives_what_one_gives_that_sees_the_last(turns):
    settings = SETTINGS._replace(attractor=ALWAYS)
    detector = Detector(settings)
    for count in range(len(turns)):
        conversation = after(turns[: count + 1])
        assert detector.turn(conversation) == turn_detections(conversation, settings)


@given(st.lists(st.lists(said, max_size=3), max_size=12))
def test_any_conversation_gives_the_same_detections_again_and_is_not_changed(turns):
    conversation = after(turns)
    settings = SETTINGS._replace(attractor=ALWAYS)
    before = list(conversation.messages)
    first = turn_detections(conversation, settings)
    assert first == turn_detections(after(turns), settings)
    assert before == conversation.messages
