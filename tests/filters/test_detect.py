import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.settings import AttractorSettings, ConversationSettings, as_plain
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import Seal
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.filters.detect import Changes, Detect
from pidgin_cli.filters.detections import Detector
from pidgin_cli.filters.pipeline import filtered

SETTINGS = ConversationSettings(attractor=AttractorSettings(check_interval=2, threshold=2))
DEFAULTS = ConversationSettings()
PINGS = [["Ping, said we.", "Pong."]] * 4
OURS = ("convergence.measured", "attractor.detected")


def drafts(turns: Sequence[Sequence[str]], recorded: Any) -> Iterator[Draft]:
    yield Draft("experiment.started", {"agents": [], "settings": {"conversation": recorded}})
    for turn, contents in enumerate(turns):
        yield Draft("turn.started", {}, turn)
        for place, content in enumerate(contents):
            data = {"response": 2 * turn + place, "content": content}
            yield Draft("response.completed", data, turn, f"agent_{'abc'[place]}")
        yield Draft("turn.completed", {}, turn)
    yield Draft("experiment.completed", {"turns": len(turns)})


def log(
    turns: Sequence[Sequence[str]],
    settings: ConversationSettings = SETTINGS,
    name: str = "exp_1",
    recorded: Any = None,
) -> list[Event]:
    """A log as a run writes it, with the detections that it makes live."""
    plain = as_plain(settings) if recorded is None else recorded
    clock = iter(range(10**6))
    stamp = Stamp(name, clock=lambda: float(next(clock)), token=lambda size: name[-1] * 16)
    seal, detector, conversation = Seal(), Detector(settings), Conversation()
    events: list[Event] = []

    def write(draft: Draft) -> None:
        event = decode(encode(stamp(seal.sealed(draft))))
        seal.add(encode(event))
        conversation.apply(event)
        events.append(event)

    for draft in drafts(turns, plain):
        if draft.type == "turn.completed":
            for found in detector.turn(conversation):
                write(found)
        write(draft)
    return events


def again(events: Sequence[Event], **changes: Any) -> list[Event]:
    return list(filtered(events, Detect(DEFAULTS, Changes(**changes))))


def lines(events: Sequence[Event]) -> bytes:
    return b"".join(map(encode, events))


def without_detections(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if event.type not in OURS]


def summary(events: Sequence[Event]) -> list[tuple[Any, ...]]:
    return [(e.type, e.turn_number, e.data.get("kind")) for e in events if e.type in OURS]


def test_with_the_settings_of_the_run_everything_stays_byte_for_byte():
    events = log(PINGS)
    assert summary(events) == [
        ("convergence.measured", 0, None),
        ("convergence.measured", 1, None),
        ("attractor.detected", 1, "loop"),
        ("convergence.measured", 2, None),
        ("convergence.measured", 3, None),
        ("attractor.detected", 3, "loop"),
    ]
    assert lines(events) == lines(again(events))


texts = st.text(max_size=30).filter(lambda text: text != "[REDACTED]") | st.sampled_from(
    ["Thank you!", "Ok.", "🌟🌟", "", "We go on. Now."]
)


@given(st.lists(st.lists(texts, min_size=2, max_size=3), max_size=9))
def test_live_and_recomputed_detections_are_identical(turns: list[list[str]]):
    events = log(turns)
    assert lines(events) == lines(again(events))


@given(st.lists(st.lists(texts, min_size=2, max_size=2), max_size=9))
def test_detections_that_were_lost_come_again_where_they_stood(turns: list[list[str]]):
    live = log(turns)
    found = again(without_detections(live))
    assert [(e.type, e.turn_number, e.data) for e in live if e.type in OURS] == [
        (e.type, e.turn_number, e.data) for e in found if e.type in OURS
    ]
    assert [e.type for e in live] == [e.type for e in found]


def test_what_is_put_in_takes_its_id_and_time_from_the_event_before():
    events = without_detections(log([["A b.", "A b."]] * 2))
    found = again(events)
    places = [place for place, event in enumerate(found) if event.type in OURS]
    last = found[places[-2] - 1]
    assert [found[place].id for place in places[-2:]] == [f"{last.id}-d1", f"{last.id}-d2"]
    assert {found[place].timestamp for place in places[-2:]} == {last.timestamp}


@pytest.mark.parametrize("name", ["", "x" * 128])
def test_an_id_is_new_and_short_enough_whatever_stands_before(name: str):
    events = [event.changed(id=name) for event in without_detections(log(PINGS))]
    ids = [event.id for event in again(events) if event.type in OURS]
    assert [len(each) < 128 and each != name for each in ids] == [True] * 6
    assert len(set(ids)) == (6 if name == "" else 2)


def test_the_same_input_gives_the_same_output_and_twice_is_once():
    events = without_detections(log(PINGS))
    once = again(events)
    assert lines(once) == lines(again(events)) == lines(again(once))


def test_other_settings_give_other_detections_and_only_these_lines_change():
    events = log(PINGS)
    found = again(events, threshold=4, check_interval=1)
    assert summary(found)[-2:] == [
        ("convergence.measured", 3, None),
        ("attractor.detected", 3, "loop"),
    ]
    assert [event for event in summary(found) if event[0] == "attractor.detected"] == [
        ("attractor.detected", 3, "loop")
    ]
    assert lines(without_detections(events)[:-1]) == lines(without_detections(found)[:-1])


def test_a_profile_scores_anew():
    turns = [["One two.", "One three."]]
    (measured,) = [e for e in again(log(turns), profile="words") if e.type in OURS]
    assert (measured.data["score"], measured.data["detector"]["profile"]) == (0.6, "words")


def test_only_what_is_named_is_detected_again():
    events = without_detections(log(PINGS))
    assert {"attractor.detected"} == {
        each[0] for each in summary(again(events, only=frozenset({"attractor"})))
    }
    live = log(PINGS)
    found = again(live, only=frozenset({"attractor"}), threshold=9)
    assert [e for e in summary(live) if e[0] == "convergence.measured"] == summary(found)


def test_what_is_named_is_detected_even_where_it_was_switched_off():
    convergence = DEFAULTS.convergence._replace(enabled=False)
    off = DEFAULTS._replace(convergence=convergence)
    events = log([["A b.", "A b."]], off)
    assert summary(events) == summary(again(events)) == []
    assert len(summary(again(events, only=frozenset({"convergence"})))) == 1


def test_what_other_detectors_gave_stays():
    foreign = decode(
        b'{"type":"convergence.measured","experiment_id":"exp_1","turn_number":0,"data":{}}'
    )
    events = log(PINGS)[:-1]
    mixed = [*events[:4], foreign, *events[4:]]
    assert lines(mixed) == lines(again(mixed))


def test_the_digest_is_one_of_what_went_out():
    found = again(log(PINGS), threshold=9)
    body = lines(found[:-1])
    assert found[-1].data == {
        "turns": 4,
        "events": len(found) - 1,
        "digest": f"sha256:{hashlib.sha256(body).hexdigest()}",
    }


def test_a_digest_over_other_lines_is_taken_off():
    assert again(log(PINGS)[3:])[-1].data == {"turns": 4}


def test_experiments_that_are_mixed_do_not_touch_each_other():
    one, other = log(PINGS, name="exp_1"), log([["A b.", "C d."]] * 4, name="exp_2")
    mixed = [event for pair in zip(one, other, strict=False) for event in pair]
    mixed += one[len(other) :] + other[len(one) :]
    assert lines(mixed) == lines(again(mixed))


def test_an_experiment_is_forgotten_when_it_completes():
    core = Detect(DEFAULTS)
    assert [len(core._open) for event in log(PINGS) for _ in [core.feed(event)]][-2:] == [1, 0]


def test_what_is_kept_does_not_grow_with_the_conversation():
    core = Detect(DEFAULTS)
    events = log([["One two three.", "Four five six."]] * 100)
    for event in events[:-1]:
        core.feed(event)
    conversation = core._open["exp_1"]._conversation
    assert len(conversation.messages) == 20
    assert conversation.perspectives == {}


def test_detections_over_words_that_were_taken_out_are_left_as_they_are():
    turns = [["A b.", "A b."], ["[REDACTED]", "A b."], *PINGS]
    core = Detect(DEFAULTS, Changes(check_interval=1, threshold=2))
    events = log(turns, DEFAULTS)
    found = list(filtered(events, core))
    assert {"exp_1": None} == core.redacted
    assert lines(events) == lines(found)


@pytest.mark.parametrize("recorded", [{}, {"attractor": 3}, {"attractor": {"threshold": "x"}}])
def test_settings_that_are_not_recorded_are_the_configured_ones(recorded: Any):
    events = log(PINGS, SETTINGS, recorded=recorded)
    assert lines(events) == lines(list(filtered(events, Detect(SETTINGS))))


def test_events_of_another_version_pass_through():
    event = decode(
        b'{"v":2,"id":"x","type":"convergence.measured","experiment_id":"exp_1","turn_number":0,'
        b'"data":{"detector":{"name":"pidgin.convergence"}}}\n'
    )
    assert [event] == again([event])


def test_a_turn_that_crashed_between_its_detections_is_made_whole_as_the_run_did():
    events = log(PINGS[:2])
    place = next(i for i, event in enumerate(events) if event.type == "attractor.detected")
    resumed = decode(
        b'{"v":1,"id":"r","type":"experiment.resumed","experiment_id":"exp_1","data":{}}\n'
    )
    mended = [*events[:place], resumed, *events[place:-1]]
    assert lines(mended) == lines(again(mended))
