from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from pidgin_cli.errors import StoreError, UnknownExperimentError
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.store import identity
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import STATES, Overview, is_locked, overview
from pidgin_cli.store.writer import FileLog

HERE = {"pidgin": "1", "host": identity.host(), "boot": identity.boot()}
ELSEWHERE = {**HERE, "host": "elsewhere"}
EARLIER = {**HERE, "boot": "another"}

Kept = tuple[str, int | None, dict[str, Any]]

STARTED: Kept = ("experiment.started", None, {"writer": HERE})
PAUSE: Kept = ("pause.requested", None, {"reason": "user", "detail": ""})
CHECKPOINT: Kept = ("checkpoint.saved", None, {"turns": 2, "messages": 4})
COMPLETED: Kept = ("experiment.completed", None, {"reason": "max_turns", "turns": 2})
FAILED: Kept = ("experiment.failed", None, {"error": {"kind": "x"}, "turns": 1})
RESUMED: Kept = ("experiment.resumed", None, {"reason": "paused", "writer": HERE})
TURN: Kept = ("turn.completed", 1, {"cost_usd": 0.5})


def log(*happened: Kept, event_id: str = "") -> bytes:
    return b"".join(
        encode(Event(kind, "exp_1", event_id, 100.0 + place, turn, None, data))
        for place, (kind, turn, data) in enumerate(happened)
    )


def seen(folder: Folder, data: bytes) -> Overview:
    folder.make()
    folder.log("exp_1").write_bytes(data)
    return overview(folder, "exp_1")


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([STARTED], "crashed"),
        ([STARTED, TURN, CHECKPOINT], "crashed"),
        ([STARTED, PAUSE], "crashed"),
        ([STARTED, TURN, COMPLETED], "completed"),
        ([STARTED, FAILED], "failed"),
        ([STARTED, PAUSE, CHECKPOINT], "paused"),
        ([STARTED, PAUSE, CHECKPOINT, RESUMED], "crashed"),
        ([STARTED, FAILED, RESUMED, TURN, COMPLETED], "completed"),
        ([STARTED, PAUSE, CHECKPOINT, RESUMED, CHECKPOINT], "crashed"),
        ([("experiment.started", None, {"writer": ELSEWHERE})], "unknown"),
        ([("experiment.started", None, {"writer": EARLIER})], "unknown"),
        ([("experiment.started", None, {"writer": ELSEWHERE}), COMPLETED], "completed"),
        ([("experiment.started", None, {"writer": ELSEWHERE}), FAILED, RESUMED], "crashed"),
        ([STARTED, ("experiment.resumed", None, {"writer": EARLIER})], "unknown"),
        ([("experiment.started", None, {})], "crashed"),
        ([("experiment.started", None, {"writer": "me"})], "crashed"),
        ([("experiment.started", None, {"writer": None})], "crashed"),
        ([TURN], "crashed"),
        ([], "crashed"),
    ],
)
def test_the_state_is_what_the_last_events_say(folder: Folder, happened: list[Kept], expected: str):
    assert expected == seen(folder, log(*happened)).state
    assert expected in STATES


def test_the_state_of_a_long_log_is_that_of_its_end(folder: Folder):
    turns: list[Kept] = [("turn.completed", number, {}) for number in range(500)]
    assert "completed" == seen(folder, log(STARTED, *turns, COMPLETED)).state
    assert "crashed" == seen(folder, log(STARTED, *turns)).state


def test_who_wrote_a_long_log_last_is_found_wherever_it_says_so(folder: Folder):
    turns: list[Kept] = [("turn.completed", number, {}) for number in range(200)]
    away: Kept = ("experiment.started", None, {"writer": ELSEWHERE})
    left: Kept = ("experiment.resumed", None, {"writer": ELSEWHERE})
    assert "unknown" == seen(folder, log(away, *turns)).state
    assert "crashed" == seen(folder, log(away, *turns, RESUMED, *turns)).state
    assert "unknown" == seen(folder, log(STARTED, *turns, left, *turns)).state
    assert "crashed" == seen(folder, log(STARTED, *turns, left, *turns, RESUMED, *turns)).state


def test_what_is_being_written_is_running(folder: Folder):
    writer = FileLog.create(folder, "exp_1")
    assert "running" == overview(folder, "exp_1").state
    for line in log(STARTED, COMPLETED).splitlines(keepends=True):
        writer.write(line)
        assert "running" == overview(folder, "exp_1").state
    writer.close()
    assert "completed" == overview(folder, "exp_1").state


def test_everything_is_known_at_a_glance(folder: Folder):
    data = {"writer": HERE, "group": "night", "labels": {"model": "a", "n": 3}}
    content = log(("experiment.started", None, data), TURN, ("turn.started", 2, {}))
    expected = Overview(
        experiment_id="exp_1",
        state="crashed",
        group="night",
        labels={"model": "a", "n": "3"},
        turns=2,
        cost_usd=0.5,
        size=len(content),
        started=100.0,
        updated=102.0,
        path=folder.log("exp_1"),
    )
    assert expected == seen(folder, content)


@pytest.mark.parametrize(
    ("happened", "turns", "cost"),
    [
        ([STARTED], 0, None),
        ([STARTED, TURN], 2, 0.5),
        ([STARTED, TURN, ("response.started", 2, {})], 2, 0.5),
        ([STARTED, ("response.started", 7, {})], 7, None),
        ([STARTED, TURN, ("turn.completed", 2, {})], 3, None),
        ([STARTED, TURN, COMPLETED], 2, None),
        ([STARTED, TURN, ("experiment.failed", None, {"turns": 2, "cost_usd": 0.75})], 2, 0.75),
        ([STARTED, ("turn.completed", None, {"cost_usd": "much"})], 1, None),
        ([STARTED, ("odd.happened", None, {"turns": "many"})], 0, None),
    ],
)
def test_turns_and_cost_are_those_up_to_here(
    folder: Folder, happened: list[Kept], turns: int, cost: float | None
):
    glance = seen(folder, log(*happened))
    assert (turns, cost) == (glance.turns, glance.cost_usd)


@pytest.mark.parametrize("content", [b"", b'{"v":1,"id":"x', b"\n", b"garbage\n"])
def test_a_log_without_events_crashed_before_it_began(folder: Folder, content: bytes):
    glance = seen(folder, content)
    modified = folder.log("exp_1").stat().st_mtime
    expected = Overview(
        "exp_1",
        "crashed",
        None,
        {},
        0,
        None,
        len(content),
        modified,
        modified,
        folder.log("exp_1"),
    )
    assert expected == glance


def test_a_torn_end_says_nothing(folder: Folder):
    glance = seen(folder, log(STARTED, TURN) + log(COMPLETED)[:-5])
    assert ("crashed", 101.0) == (glance.state, glance.updated)


@pytest.mark.parametrize("group", [None, 5, ["x"], {"a": 1}])
@pytest.mark.parametrize("labels", [None, 5, ["x"], {"a": [1], "b": None}])
def test_a_foreign_beginning_is_read_as_far_as_it_makes_sense(
    folder: Folder, group: Any, labels: Any
):
    glance = seen(folder, log(("experiment.started", None, {"group": group, "labels": labels})))
    assert glance.group is None or type(glance.group) is str
    assert all(type(value) is str for value in glance.labels.values())


@pytest.mark.parametrize("count", [0, 1, 62, 63, 64, 65, 200])
def test_an_archive_looks_like_its_log(folder: Folder, count: int):
    turns: list[Kept] = [("turn.completed", number, {"cost_usd": 1}) for number in range(count)]
    content = log(STARTED, *turns, COMPLETED)
    plain = seen(folder, content)
    folder.log("exp_1").unlink()
    folder.archive("exp_1").write_bytes(gzip.compress(content))
    packed = overview(folder, "exp_1")
    assert ("completed", plain.turns, plain.started, plain.updated) == (
        packed.state,
        packed.turns,
        packed.started,
        packed.updated,
    )
    assert folder.archive("exp_1").stat().st_size == packed.size


@pytest.mark.parametrize("size", [0, 1, 5, 12, 40, 100])
def test_a_damaged_archive_is_seen_as_far_as_it_is_whole(folder: Folder, size: int):
    folder.make()
    packed = gzip.compress(log(STARTED, TURN, COMPLETED))
    folder.archive("exp_1").write_bytes(packed[:size])
    assert "crashed" == overview(folder, "exp_1").state


def test_an_experiment_that_is_not_there_is_unknown(folder: Folder):
    with pytest.raises(UnknownExperimentError, match="no experiment exp_1"):
        overview(folder, "exp_1")


def test_a_log_that_cannot_be_read_is_an_error(folder: Folder, monkeypatch: pytest.MonkeyPatch):
    seen(folder, log(STARTED, COMPLETED))
    monkeypatch.setattr(Path, "open", Mock(side_effect=PermissionError(13, "Permission denied")))
    with pytest.raises((StoreError, OSError), match="Permission denied"):
        overview(folder, "exp_1")


def test_a_log_that_is_packed_while_it_is_looked_at_is_seen_as_an_archive(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    seen(folder, log(STARTED, COMPLETED))
    find: Callable[[Folder, str], Path | None] = Folder.find

    def found_and_then_packed(self: Folder, experiment_id: str) -> Path | None:
        path = find(self, experiment_id)
        if path == self.log(experiment_id):
            self.archive(experiment_id).write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
        return path

    monkeypatch.setattr(Folder, "find", found_and_then_packed)
    glance = overview(folder, "exp_1")
    assert (folder.archive("exp_1"), "completed") == (glance.path, glance.state)


def test_nobody_writes_an_archive_or_what_is_not_there(folder: Folder):
    folder.make()
    folder.archive("exp_1").write_bytes(b"")
    assert [False, False] == [is_locked(folder.archive("exp_1")), is_locked(folder.log("exp_1"))]
