from __future__ import annotations

from random import Random

from tests.filters.redaction.leaks import leaked_events
from tests.filters.redaction.planted import planted
from tests.filters.redaction.planted_events import cuts_of, planted_deltas, planted_events


def test_whoever_looks_for_what_is_left_sees_every_secret_in_every_place():
    unseen = [each for each in planted_events() if not leaked_events(each.lines, each.secret)]
    assert [] == unseen


def test_whoever_looks_for_what_is_left_sees_a_secret_in_the_joined_deltas():
    each = next(planted())
    streams = [planted_deltas(each, cuts).lines for cuts in cuts_of(each, Random(1))]
    deltas = [b"".join(stream.splitlines(keepends=True)[:-1]) for stream in streams]
    assert [] == [stream for stream in deltas if not leaked_events(stream, each.secret)]
