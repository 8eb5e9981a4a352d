from __future__ import annotations

from random import Random

from tests.filters.redaction.leaks import leaked_events
from tests.filters.redaction.planted import planted
from tests.filters.redaction.planted_events import (
    PLACES,
    cuts_of,
    planted_deltas,
    planted_events,
)


def test_whoever_looks_for_what_is_left_sees_every_secret_in_every_place():
    # Every fifth: all places and all kinds are among them, for neither number divides by five.
    some = [*planted_events()][::5]
    assert len(PLACES) == len({each.place for each in some})
    assert [] == [each for each in some if not leaked_events(each.lines, each.secret)]


def test_whoever_looks_for_what_is_left_sees_a_secret_in_the_joined_deltas():
    each = next(planted())
    streams = [planted_deltas(each, cuts).lines for cuts in cuts_of(each, Random(1))]
    deltas = [b"".join(stream.splitlines(keepends=True)[:-1]) for stream in streams]
    assert [] == [stream for stream in deltas if not leaked_events(stream, each.secret)]
