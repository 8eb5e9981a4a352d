import hashlib

import pytest

from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import SEALED, Seal
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.filters.resealing import Resealing


def log(*types: str) -> list[Event]:
    """A log as the store writes it, every sealed event with its seal."""
    stamp, seal, events = Stamp("exp_1", clock=lambda: 1.0), Seal(), []
    for kind in types:
        event = stamp(seal.sealed(Draft(kind, {"turns": 1})))
        seal.add(encode(event))
        events.append(decode(encode(event)))
    return events


def seal_of(events: list[Event]) -> dict[str, object]:
    lines = b"".join(map(encode, events))
    return {"events": len(events), "digest": f"sha256:{hashlib.sha256(lines).hexdigest()}"}


def without_seal(event: Event) -> Event:
    return event.changed(data={"turns": 1})


def test_what_a_filter_leaves_as_it_is_keeps_its_lines():
    events = log("experiment.started", "checkpoint.saved", "experiment.completed")
    resealing = Resealing()
    given = [each for event in events for each in resealing.feed(event, [event])]
    assert list(map(id, events)) == list(map(id, given))


@pytest.mark.parametrize("kind", sorted(SEALED))
def test_a_seal_that_held_says_what_went_out(kind: str):
    first, dropped, last = log("experiment.started", "turn.started", kind)
    added, resealing = first.changed(id="added"), Resealing()
    before = [*resealing.feed(first, [first, added]), *resealing.feed(dropped, [])]
    (sealed,) = resealing.feed(last, [last])
    assert [first, added] == before
    assert {"turns": 1, **seal_of(before)} == sealed.data
    assert decode(encode(sealed)).data == sealed.data


def test_every_seal_of_a_log_is_one_of_all_that_went_out_before_it():
    events = log("experiment.started", "checkpoint.saved", "turn.started", "experiment.completed")
    resealing, given = Resealing(), []
    for event in events:
        given += resealing.feed(event, [] if event.type == "turn.started" else [event])
    start, checkpoint, end = given
    assert {"turns": 1, **seal_of([start])} == checkpoint.data
    assert {"turns": 1, **seal_of([start, checkpoint])} == end.data


@pytest.mark.parametrize("kind", sorted(SEALED))
def test_a_seal_over_lines_that_did_not_come_in_is_taken_off(kind: str):
    _, event, last = log("experiment.started", "turn.started", kind)
    resealing = Resealing()
    resealing.feed(event, [event])
    assert [without_seal(last)] == resealing.feed(last, [last])


def test_a_seal_whose_count_is_wrong_did_not_hold():
    first, last = log("experiment.started", "experiment.completed")
    counted = last.changed(data={**last.data, "events": 2})
    resealing = Resealing()
    resealing.feed(first, [first])
    assert [without_seal(last)] == resealing.feed(counted, [counted])


def test_an_event_that_never_had_a_seal_gets_none():
    event = decode(b'{"type":"experiment.completed","experiment_id":"e","data":{"turns":1}}')
    (given,) = Resealing().feed(event, [event])
    assert event is given


def test_what_another_version_means_by_a_digest_is_not_known():
    event = decode(b'{"v":2,"type":"checkpoint.saved","experiment_id":"e","data":{"digest":"x"}}')
    (given,) = Resealing().feed(event, [event])
    assert event is given


def test_a_filter_may_change_the_sealed_event_itself():
    first, last = log("experiment.started", "experiment.completed")
    resealing = Resealing()
    resealing.feed(first, [first])
    changed = last.changed(data={**last.data, "turns": 0})
    (sealed,) = resealing.feed(last, [changed])
    assert {"turns": 0, **seal_of([first])} == sealed.data
