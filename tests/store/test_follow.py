from __future__ import annotations

import gzip
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.cursor import Cursor
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.follow import Following, follow_experiment, follow_store
from pidgin_cli.store.reader import BadLine
from pidgin_cli.store.writer import FileLog

Line = Callable[..., bytes]
pytestmark = pytest.mark.timeout(120)


def nothing() -> None:
    """Have nothing to do while there is nothing to give."""


def following(last: int | None = None, idle: Callable[[], None] = nothing) -> Following:
    return Following(last, idle, pytest.fail)


def lines_of(events: Iterator[Event]) -> list[bytes | None]:
    return [event.line for event in events]


@pytest.fixture(params=["told", "looking"])
def watching(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With inotify, and without."""
    if request.param == "looking":
        monkeypatch.setitem(sys.modules, "inotify_simple", None)
    elif sys.platform != "linux":
        pytest.skip("only Linux has inotify")
    return str(request.param)


class Writing:
    """A writer that goes one step further whenever its follower has nothing to give."""

    def __init__(self, folder: Folder, *steps: Callable[[FileLog], Any]) -> None:
        self.log = FileLog.create(folder, "exp_1")
        self.steps = list(steps)

    def __call__(self) -> None:
        if self.steps:
            self.steps.pop(0)(self.log)
        else:
            self.log.close()


def writes(*lines: bytes) -> Callable[[FileLog], None]:
    def step(log: FileLog) -> None:
        for line in lines:
            log.write(line)

    return step


@pytest.mark.usefixtures("watching")
def test_every_line_comes_once_until_nobody_writes_any_more(folder: Folder, line: Line):
    lines = [line() for _ in range(6)]
    writing = Writing(folder, writes(*lines[:2]), writes(lines[2]), writes(*lines[3:]))
    events = follow_experiment(folder.log("exp_1"), following(idle=writing))
    assert lines == lines_of(events)


def test_a_log_that_nobody_writes_is_given_and_that_is_all(folder: Folder, line: Line):
    folder.make()
    lines = [line() for _ in range(5)]
    folder.log("exp_1").write_bytes(b"".join(lines) + b"torn")
    followed = {
        last: lines_of(follow_experiment(folder.log("exp_1"), following(last, pytest.fail)))
        for last in (None, 0, 2, 5, 100)
    }
    assert {None: lines, 0: [], 2: lines[3:], 5: lines, 100: lines} == followed


def test_the_last_lines_come_first_and_then_what_is_new(folder: Folder, line: Line):
    lines = [line() for _ in range(9)]
    writing = Writing(folder, writes(*lines[5:]))
    writes(*lines[:5])(writing.log)
    events = follow_experiment(folder.log("exp_1"), following(2, writing))
    assert lines[3:] == lines_of(events)


def test_a_bad_line_among_the_last_ones_is_reported(folder: Folder, line: Line):
    folder.make()
    lines = [line() for _ in range(3)]
    folder.log("exp_1").write_bytes(lines[0] + lines[1] + b"bad\n" + lines[2])
    bad: list[BadLine] = []
    events = follow_experiment(folder.log("exp_1"), Following(2, nothing, bad.append))
    assert lines[2:] == lines_of(events)
    assert [(3, len(lines[0] + lines[1]))] == [(each.line, each.offset) for each in bad]


def test_a_log_that_is_not_there_gives_nothing(folder: Folder):
    folder.make()
    assert [] == lines_of(follow_experiment(folder.log("exp_1"), following(5)))


def test_nothing_of_a_writer_that_gave_up_at_once_comes(folder: Folder):
    writing = Writing(folder)
    assert [] == lines_of(follow_experiment(folder.log("exp_1"), following(idle=writing)))


def test_what_a_writer_wrote_last_is_given_however_soon_it_ended(
    folder: Folder, meddled: Any, line: Line
):
    lines = [line(), line()]
    log = FileLog.create(folder, "exp_1")
    log.write(lines[0])

    def end() -> None:
        log.write(lines[1])
        log.close()

    def idle() -> None:
        # The next look at the name of the file comes when all that was in it has been read.
        if log.path.read_bytes() == lines[0]:
            meddled.meddle = end

    assert lines == lines_of(follow_experiment(meddled, following(idle=idle)))


def test_a_rename_does_not_end_the_following(folder: Folder, line: Line):
    lines = [line() for _ in range(4)]
    path = folder.log("exp_1")
    writing = Writing(
        folder,
        writes(lines[0]),
        lambda log: path.rename(path.with_name("elsewhere")),
        writes(lines[1]),
        lambda log: path.write_bytes(lines[2] + lines[3]),
    )
    assert lines == lines_of(follow_experiment(path, following(idle=writing)))
    writing.log.close()


@pytest.mark.usefixtures("watching")
def test_a_burst_of_ten_thousand_lines_comes_whole(folder: Folder):
    store = EventStore(folder, durability="none")
    store.begin("exp_1")
    draft = Draft("response.streaming", {"response": 0, "index": 0, "delta": "words " * 20}, 0)

    def burst() -> None:
        for _ in range(10_000):
            store.append("exp_1", draft)
        store.close()

    writer = threading.Thread(target=burst)
    events = follow_experiment(folder.log("exp_1"), following())
    writer.start()
    ids = [event.id.rpartition("-")[2] for event in events]
    writer.join()
    assert [f"{number:06d}" for number in range(10_000)] == ids


def until(count: int, events: Iterator[Event]) -> list[Event]:
    return [next(events) for _ in range(count)]


@pytest.mark.usefixtures("watching")
def test_of_a_whole_store_experiments_that_begin_later_come_as_well(folder: Folder, draft: Draft):
    store = EventStore(folder, durability="none")
    store.append("exp_1", draft)
    later = iter(["exp_2", "exp_1", "exp_3"])
    events = follow_store(
        folder, following(idle=lambda: void(store.append(next(later, "exp_3"), draft)))
    )
    given = [event.experiment_id for event in until(6, events)]
    assert ["exp_1", "exp_2", "exp_1", "exp_3", "exp_3", "exp_3"] == given
    store.close()


def void(value: object) -> None:
    """Give nothing, where nothing is to be given."""


def test_of_a_store_the_last_events_come_by_time(folder: Folder):
    clock = iter(range(1, 100))
    store = EventStore(folder, durability="none", clock=lambda: float(next(clock)))
    for experiment_id in ("b", "a", "b", "c", "a"):
        store.append(experiment_id, Draft("turn.started", {}, 0))
    store.close()
    given = {
        last: [
            (event.experiment_id, event.timestamp)
            for event in follow_store(folder, following(last), forever=False)
        ]
        for last in (0, 3, 99)
    }
    whole = [("b", 1.0), ("a", 2.0), ("b", 3.0), ("c", 4.0), ("a", 5.0)]
    assert {0: [], 3: whole[2:], 99: whole} == given


def test_all_of_a_store_comes_log_by_log(folder: Folder, draft: Draft):
    with EventStore(folder, durability="none") as store:
        for experiment_id in ("b", "a", "b"):
            store.append(experiment_id, draft)
    events = follow_store(folder, following(), forever=False)
    assert ["a", "b", "b"] == [event.experiment_id for event in events]


def test_the_folder_of_a_store_is_made_where_there_is_none(folder: Folder, draft: Draft):
    store = EventStore(folder, durability="none")
    events = follow_store(folder, following(idle=lambda: void(store.append("exp_1", draft))))
    assert "exp_1" == next(events).experiment_id
    store.close()


def test_a_log_that_goes_away_is_no_error(folder: Folder, draft: Draft):
    steps = iter(
        [
            lambda: store.append("exp_1", draft),
            lambda: store.release("exp_1"),
            lambda: folder.log("exp_1").unlink(),
            lambda: store.append("exp_2", draft),
            lambda: store.append("exp_1", draft),
        ]
    )
    store = EventStore(folder, durability="none")
    events = follow_store(folder, following(idle=lambda: void(next(steps)())))
    given = [event.experiment_id for event in until(3, events)]
    assert ["exp_1", "exp_2", "exp_1"] == given
    store.close()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files cannot be listed here")
def test_a_store_of_many_experiments_does_not_hold_their_files_open(folder: Folder, draft: Draft):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with EventStore(folder, durability="none") as store:
        for number in range(200):
            store.append(f"exp_{number:03d}", draft)
            store.release(f"exp_{number:03d}")
    used = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 50, hard))
    try:
        for last in (None, 1000):
            events = follow_store(folder, following(last), forever=False)
            assert 200 == len(list(events))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_store_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError):
        next(follow_store(Folder(tmp_path / "file" / "events"), following()))


def pack(path: Path) -> None:
    """Do what compressing does to a log."""
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


def recorded(folder: Folder, experiment_id: str, *numbers: int) -> list[bytes]:
    """Append an event for each number, which is its time too, and give their lines."""
    with EventStore(folder, durability="none", clock=lambda: float(now[0])) as store:
        now = [0]
        lines = []
        for now[0] in numbers:
            event = store.append(experiment_id, Draft("turn.started", {}, now[0]))
            lines.append(event.line or b"")
        return lines


class Happening:
    """Does one thing more whenever a follower has nothing to give, and then ends the following."""

    def __init__(self, *steps: Callable[[], Any]) -> None:
        self.steps = list(steps)

    def __call__(self) -> None:
        if not self.steps:
            raise EOFError
        self.steps.pop(0)()


def followed(folder: Folder, given: Following) -> list[bytes | None]:
    lines: list[bytes | None] = []
    with pytest.raises(EOFError):
        lines.extend(event.line for event in follow_store(folder, given))
    return lines


@pytest.mark.usefixtures("watching")
def test_an_experiment_that_begins_and_is_archived_between_two_looks_is_given(folder: Folder):
    lines: list[bytes] = []

    def begin_and_pack() -> None:
        lines.extend(recorded(folder, "exp_1", 1, 2, 3))
        pack(folder.log("exp_1"))

    folder.make()
    assert lines == followed(folder, following(0, Happening(begin_and_pack, nothing)))
    assert 3 == len(lines)


@pytest.mark.usefixtures("watching")
def test_of_an_archived_experiment_that_is_resumed_only_what_is_new_is_given(folder: Folder):
    old = recorded(folder, "exp_1", 1, 2, 3)
    pack(folder.log("exp_1"))
    new: list[bytes] = []

    def resume() -> None:
        folder.log("exp_1").write_bytes(b"".join(old))
        new.extend(recorded(folder, "exp_1", 2**33))

    assert followed(folder, following(0, Happening(resume, nothing))) == new
    assert 1 == len(new)


@pytest.mark.usefixtures("watching")
def test_a_log_that_is_packed_while_it_is_followed_gives_each_line_once(folder: Folder):
    lines = recorded(folder, "exp_1", 1, 2)

    def write_and_pack() -> None:
        lines.extend(recorded(folder, "exp_1", 3))
        pack(folder.log("exp_1"))

    steps = Happening(write_and_pack, nothing)
    assert followed(folder, following(None, steps)) == lines
    assert 3 == len(lines)


def test_the_last_events_of_a_store_are_those_of_archives_too(folder: Folder):
    lines = recorded(folder, "a", 1, 4) + recorded(folder, "b", 2, 5) + recorded(folder, "c", 3)
    pack(folder.log("b"))
    events = follow_store(folder, following(3), forever=False)
    assert [lines[4], lines[1], lines[3]] == lines_of(events)


def test_archives_that_hold_none_of_the_last_events_are_not_read(folder: Folder):
    recorded(folder, "old", 1, 2)
    pack(folder.log("old"))
    folder.archive("old").write_bytes(b"\x1f\x8b damaged")
    os.utime(folder.archive("old"), (2, 2))
    lines = recorded(folder, "new", 3, 4)
    assert lines == lines_of(follow_store(folder, following(2), forever=False))


def test_the_last_events_are_the_last_of_those_that_are_wanted(folder: Folder):
    lines = recorded(folder, "a", *range(9)) + recorded(folder, "b", *range(9, 18))
    wanted = following(4)._replace(wanted=lambda event: (event.turn_number or 0) % 3 == 0)
    chosen = [lines[6], lines[9], lines[12], lines[15]]
    assert chosen == lines_of(follow_store(folder, wanted, forever=False))
    assert [chosen[0]] == lines_of(follow_experiment(folder.log("a"), wanted._replace(last=1)))


def test_a_cursor_goes_on_where_the_last_process_stopped(folder: Folder, tmp_path: Path):
    def take() -> list[bytes | None]:
        cursor = Cursor(tmp_path / "cursor")
        events = follow_store(folder, following(1)._replace(cursor=cursor), forever=False)
        lines = lines_of(events)
        cursor.save()
        cursor.close()
        return lines

    old = recorded(folder, "a", 1, 2)
    assert old[1:] == take()
    first = recorded(folder, "a", 3, 4) + recorded(folder, "b", 5)
    assert first == take()
    second = recorded(folder, "a", 6)
    pack(folder.log("a"))
    third = recorded(folder, "c", 7)
    pack(folder.log("c"))
    assert second + third == take()
    assert [] == take()
    folder.archive("c").unlink()
    assert [] == take()


def test_a_cursor_goes_on_in_one_experiment(folder: Folder, tmp_path: Path):
    lines = recorded(folder, "a", *range(9))
    cursor = Cursor(tmp_path / "cursor")
    given = following(None)._replace(cursor=cursor)
    first = lines_of(islice(follow_experiment(folder.log("a"), given), 4))
    cursor.save()
    cursor.close()
    given = following(1)._replace(cursor=Cursor(tmp_path / "cursor"))
    assert lines == first + lines_of(follow_experiment(folder.log("a"), given))


@pytest.mark.usefixtures("watching")
def test_a_log_that_is_not_there_yet_is_waited_for(folder: Folder):
    folder.make()
    lines: list[bytes] = []
    steps = Happening(nothing, lambda: lines.extend(recorded(folder, "a", 1, 2)))
    assert lines_of(follow_experiment(folder.log("a"), following(0, steps), wait=True)) == []
    steps = Happening(nothing, lambda: lines.extend(recorded(folder, "b", 1, 2)))
    del lines[:]
    assert lines_of(follow_experiment(folder.log("b"), following(None, steps), wait=True)) == lines
    assert 2 == len(lines)


def test_logs_that_went_are_not_looked_at_for_ever(folder: Folder, tmp_path: Path):
    recorded(folder, "a", 1)
    recorded(folder, "b", 1)
    cursor = Cursor(tmp_path / "cursor")
    given = following(None)._replace(cursor=cursor)
    assert 2 == len(lines_of(follow_store(folder, given, forever=False)))
    cursor.save()
    assert b"a.events.jsonl" in (tmp_path / "cursor").read_bytes()
    # A rule of time lets everything be looked at only now and then.
    steps = Happening(folder.log("a").unlink, lambda: time.sleep(0.6), nothing, cursor.save)
    followed(folder, given._replace(idle=steps))
    assert b"a.events.jsonl" not in (tmp_path / "cursor").read_bytes()
