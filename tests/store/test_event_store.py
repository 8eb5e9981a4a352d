from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pidgin_cli.config.settings import Durability
from pidgin_cli.errors import (
    ExperimentExistsError,
    LockedError,
    StoreError,
    UnknownExperimentError,
)
from pidgin_cli.events.codec import encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.packing import pack
from pidgin_cli.store.reader import BadLine
from pidgin_cli.store.writer import FileLog
from tests.contracts.store_contract import StoreContract

pytestmark = pytest.mark.timeout(120)
DRAFT = Draft("turn.started", {}, 0)
Recorded = Callable[[Folder, str], list[Event]]


class TestAStoreOfFiles(StoreContract):
    @pytest.fixture(autouse=True)
    def given(self, folder: Folder, durability: Durability) -> None:
        self.folder, self.durability = folder, durability

    @pytest.fixture(params=["none", "batch", "always"])
    def durability(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def make(self, report: Callable[[str], None], clock: Callable[[], float]) -> EventStore:
        return EventStore(self.folder, durability=self.durability, report=report, clock=clock)

    def test_what_was_appended_is_in_the_log_before_anybody_hears_of_it(
        self, store: EventStore, folder: Folder
    ):
        seen: list[bool] = []
        store.subscribe(
            lambda event: seen.append(encode(event) in folder.log("exp_1").read_bytes())
        )
        for _ in range(20):
            assert encode(store.append("exp_1", DRAFT)) in folder.log("exp_1").read_bytes()
        store.close()
        assert [True] * 20 == seen

    def test_replay_gives_what_was_appended(self, store: EventStore):
        events = [store.append("exp_1", DRAFT) for _ in range(20)]
        assert events == list(store.replay("exp_1"))
        store.close()
        assert events == list(store.replay("exp_1"))

    def test_listeners_change_nothing_in_the_log(self, store: EventStore, folder: Folder):
        def broken(event: Event) -> None:
            raise ValueError

        store.subscribe(broken)
        written = [encode(store.append("exp_1", DRAFT)) for _ in range(50)]
        store.close()
        assert b"".join(written) == folder.log("exp_1").read_bytes()


class TestAStoreThatKeepsNothing(StoreContract):
    def make(self, report: Callable[[str], None], clock: Callable[[], float]) -> EventStore:
        return EventStore(None, report=report, clock=clock)

    def test_nothing_can_be_replayed(self, store: EventStore):
        store.append("exp_1", DRAFT)
        with pytest.raises(UnknownExperimentError, match="nothing is kept"):
            store.replay("exp_1")

    def test_there_is_nothing_to_sync(self, store: EventStore):
        store.append("exp_1", DRAFT)
        store.sync("exp_1")


@pytest.fixture
def store(folder: Folder) -> Iterator[EventStore]:
    with EventStore(folder, durability="none") as store:
        yield store


def test_an_experiment_is_locked_from_its_beginning_to_its_release(
    store: EventStore, folder: Folder
):
    store.begin("exp_1")
    assert is_locked(folder.log("exp_1"))
    store.append("exp_1", DRAFT)
    list(store.replay("exp_1"))
    assert is_locked(folder.log("exp_1"))
    with pytest.raises(LockedError):
        store.resume("exp_1")
    store.release("exp_1")
    assert not is_locked(folder.log("exp_1"))


def test_closing_frees_every_lock(folder: Folder):
    with EventStore(folder) as store:
        store.append("exp_1", DRAFT)
        store.append("exp_2", DRAFT)
    assert [False, False] == [is_locked(folder.log(each)) for each in ("exp_1", "exp_2")]


def test_an_experiment_without_events_leaves_no_file(store: EventStore, folder: Folder):
    store.begin("exp_1")
    store.release("exp_1")
    assert [] == os.listdir(folder.root)


def test_of_two_stores_one_writes_an_experiment(store: EventStore, folder: Folder):
    store.append("exp_1", DRAFT)
    with EventStore(folder) as other:
        with pytest.raises(ExperimentExistsError):
            other.begin("exp_1")
        for use in (lambda: other.resume("exp_1"), lambda: other.append("exp_1", DRAFT)):
            with pytest.raises(LockedError):
                use()
    assert 1 == len(list(store.replay("exp_1")))


def test_a_resumed_experiment_goes_on_with_its_count_its_digest_and_its_time(
    store: EventStore, folder: Folder, recorded: Recorded
):
    late = EventStore(folder, clock=lambda: 9e9)
    late.append("exp_1", DRAFT)
    late.close()
    store.resume("exp_1")
    before = folder.log("exp_1").read_bytes()
    checkpoint = store.append("exp_1", Draft("checkpoint.saved", {}))
    digest = "sha256:" + hashlib.sha256(before).hexdigest()
    assert ({"events": 1, "digest": digest}, 9e9) == (checkpoint.data, checkpoint.timestamp)
    first, second = recorded(folder, "exp_1")
    assert first.id.partition("-")[0] != second.id.partition("-")[0]
    assert "000000" == second.id.partition("-")[2]


def test_appending_to_what_was_released_takes_it_up_again(store: EventStore, folder: Folder):
    store.append("exp_1", DRAFT)
    store.release("exp_1")
    store.append("exp_1", DRAFT)
    assert is_locked(folder.log("exp_1"))
    assert 2 == len(list(store.replay("exp_1")))


def test_resuming_counts_bad_lines_too_for_the_digest_is_of_all_bytes(
    store: EventStore, folder: Folder
):
    folder.make()
    folder.log("exp_1").write_bytes(b"garbage\n\n" + b'{"torn"')
    sealed = store.append("exp_1", Draft("checkpoint.saved", {}))
    digest = "sha256:" + hashlib.sha256(b"garbage\n\n").hexdigest()
    assert {"events": 2, "digest": digest} == sealed.data


def test_an_archive_is_not_begun_again(store: EventStore, folder: Folder):
    folder.make()
    folder.archive("exp_1").write_bytes(b"")
    with pytest.raises(ExperimentExistsError):
        store.begin("exp_1")


def test_appending_to_what_was_archived_takes_it_out_of_the_archive(
    store: EventStore, folder: Folder
):
    store.append("exp_1", DRAFT)
    store.release("exp_1")
    pack(folder.log("exp_1"))
    store.append("exp_1", DRAFT)
    assert not folder.archive("exp_1").exists()
    assert 2 == len(list(store.replay("exp_1")))


def test_replay_reports_bad_lines_and_goes_on(store: EventStore, folder: Folder):
    event = store.append("exp_1", DRAFT)
    store.release("exp_1")
    with folder.log("exp_1").open("ab") as file:
        file.write(b"bad\n" + encode(event) + b"torn")
    bad: list[BadLine] = []
    assert [event, event] == list(store.replay("exp_1", bad.append))
    assert [2, 4] == [each.line for each in bad]


def test_replay_complains_of_bad_lines_where_nobody_asks_for_them(folder: Folder):
    folder.make()
    folder.log("exp_1").write_bytes(b"bad\n")
    complaints: list[str] = []
    assert [] == list(EventStore(folder, report=complaints.append).replay("exp_1"))
    assert [f"{folder.log('exp_1')}: line 1, byte 0: not JSON"] == [
        complaint.rpartition(": unexpected")[0] for complaint in complaints
    ]


def test_the_end_of_a_log_that_another_store_writes_is_not_bad(store: EventStore, folder: Folder):
    event = store.append("exp_1", DRAFT)
    with folder.log("exp_1").open("ab") as file:
        file.write(b"not whole yet")
    other = EventStore(folder, report=pytest.fail)
    assert [event] == list(other.replay("exp_1"))


def test_data_without_a_word_in_json_is_refused_before_anything_is_written(
    store: EventStore, folder: Folder
):
    first = store.append("exp_1", DRAFT)
    with pytest.raises(TypeError):
        store.append("exp_1", Draft("odd.happened", {"x": object()}))
    second = store.append("exp_1", DRAFT)
    assert encode(first) + encode(second) == folder.log("exp_1").read_bytes()


def test_what_was_not_synced_yet_is_synced_at_the_end(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    synced: list[Path] = []
    sync = FileLog.sync
    monkeypatch.setattr(FileLog, "sync", lambda log: synced.append(log.path) or sync(log))
    with EventStore(folder, durability="batch") as store:
        store.append("exp_1", DRAFT)
        store.begin("exp_2")
    with EventStore(folder, durability="none") as store:
        store.append("exp_3", DRAFT)
    assert [folder.log("exp_1")] == synced


def test_a_folder_that_cannot_be_made_stops_before_anything_happens(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with EventStore(Folder(tmp_path / "file" / "events")) as store:
        with pytest.raises(StoreError):
            store.append("exp_1", DRAFT)
        with pytest.raises(StoreError):
            store.begin("exp_1")
    assert ["file"] == os.listdir(tmp_path)
