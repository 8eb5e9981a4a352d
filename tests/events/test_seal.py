from __future__ import annotations

import hashlib

import pytest

from pidgin_cli.events.kind import Draft
from pidgin_cli.events.seal import Seal

LINES = [b'{"a":1}\n', b"\xff\n", b'{"b":2}\n']


@pytest.mark.parametrize("kind", ["checkpoint.saved", "experiment.completed", "experiment.failed"])
def test_a_sealed_event_says_what_stands_before_it(kind: str):
    seal = Seal()
    for line in LINES:
        seal.add(line)
    digest = "sha256:" + hashlib.sha256(b"".join(LINES)).hexdigest()
    expected = Draft(kind, {"turns": 1, "events": 3, "digest": digest}, 2, "agent_a")
    assert expected == seal.sealed(Draft(kind, {"turns": 1, "digest": "old"}, 2, "agent_a"))


def test_other_kinds_are_left_as_they_are():
    draft = Draft("turn.started", {"a": 1})
    assert draft is Seal().sealed(draft)


def test_a_seal_of_nothing_is_the_hash_of_nothing():
    assert "sha256:" + hashlib.sha256(b"").hexdigest() == Seal().digest
    assert 0 == Seal().events


def test_a_draft_that_is_sealed_is_not_changed_itself():
    data = {"turns": 1}
    Seal().sealed(Draft("checkpoint.saved", data))
    assert {"turns": 1} == data
