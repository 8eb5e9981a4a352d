"""An archive takes the place of a log, and a whole copy is there at every instant."""

from __future__ import annotations

import gzip
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pidgin_cli.errors import LockedError, StoreError, UnknownExperimentError, UsageError
from pidgin_cli.events.kind import Draft
from pidgin_cli.store import packing as module
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.packing import Packing, archive_of, leftover_of, one_at_a_time, pack

DATA = b'{"type":"odd.happened","experiment_id":"exp_1"}\n' * 500


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "exp_1.events.jsonl"
    path.write_bytes(DATA)
    path.chmod(0o640)
    os.utime(path, ns=(1_000_000_000, 2_000_000_000))
    return path


def names(log: Path) -> list[str]:
    return sorted(os.listdir(log.parent))


def test_the_archive_is_there_and_the_log_is_not(log: Path) -> None:
    done = pack(log)
    assert [archive_of(log).name] == names(log)
    assert DATA == gzip.decompress(archive_of(log).read_bytes())
    assert (len(DATA), archive_of(log).stat().st_size) == (done.size, done.packed)


def test_the_archive_has_owner_mode_and_time_of_the_log(log: Path) -> None:
    before = log.stat()
    pack(log)
    after = archive_of(log).stat()
    assert 0o640 == stat.S_IMODE(after.st_mode)
    assert (before.st_uid, before.st_gid, 2_000_000_000) == (
        after.st_uid,
        after.st_gid,
        after.st_mtime_ns,
    )


def test_a_log_can_be_kept_and_is_not_packed_again(log: Path) -> None:
    pack(log, Packing(keep=True))
    first = archive_of(log).stat()
    pack(log, Packing(keep=True))
    assert (DATA, first) == (log.read_bytes(), archive_of(log).stat())


def test_what_a_killed_process_has_begun_is_ended(log: Path) -> None:
    leftover_of(log).write_bytes(b"half")
    archive_of(log).write_bytes(gzip.compress(DATA))
    pack(log)
    assert [archive_of(log).name] == names(log)


@pytest.mark.parametrize(
    "stale",
    [gzip.compress(DATA[:960]), b"", b"\x1f\x8bdamaged"],
    ids=["beginning", "empty", "damaged"],
)
def test_an_archive_of_what_the_log_was_or_of_nothing_whole_is_replaced(
    log: Path, stale: bytes
) -> None:
    archive_of(log).write_bytes(stale)
    pack(log)
    assert DATA == gzip.decompress(archive_of(log).read_bytes())


@pytest.mark.parametrize("other", [b"other\n", DATA + b"more\n"], ids=["other", "longer"])
def test_an_archive_of_something_else_is_replaced_by_force_alone(log: Path, other: bytes) -> None:
    archive_of(log).write_bytes(gzip.compress(other))
    with pytest.raises(UsageError, match="holds something else than the log beside it"):
        pack(log)
    assert (DATA, other) == (log.read_bytes(), gzip.decompress(archive_of(log).read_bytes()))
    pack(log, Packing(force=True))
    assert DATA == gzip.decompress(archive_of(log).read_bytes())


def test_a_log_that_is_written_is_not_touched(folder: Folder) -> None:
    with EventStore(folder) as store:
        store.append("exp_1", Draft("turn.started", {}, 0))
        with pytest.raises(LockedError, match="being written or packed by another process"):
            pack(folder.log("exp_1"))
        assert ["exp_1.events.jsonl"] == os.listdir(folder.root)
    pack(folder.log("exp_1"))


def test_while_a_log_is_packed_nobody_can_write_it(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EventStore(folder) as store:
        store.append("exp_1", Draft("turn.started", {}, 0))
    attempts = []

    def resume(*arguments: object) -> None:
        with EventStore(folder) as store:
            try:
                store.resume("exp_1")
            except LockedError:
                attempts.append("refused")
            else:
                attempts.append("unpacked again")

    monkeypatch.setattr(module, "sync_folder", resume)
    pack(folder.log("exp_1"))
    resume()
    assert ["refused", "unpacked again"] == attempts
    assert 1 == len(list(EventStore(folder).replay("exp_1")))


def test_a_log_that_is_not_there_or_is_a_link_is_refused(log: Path) -> None:
    with pytest.raises(UnknownExperimentError, match="no such log"):
        pack(log.with_name("other.events.jsonl"))
    link = log.with_name("link.events.jsonl")
    link.symlink_to(log)
    with pytest.raises(StoreError, match="cannot open"):
        pack(link)


def changed(log: Path) -> Callable[..., None]:
    def change(*arguments: object) -> None:
        with log.open("ab") as file:
            file.write(b"by somebody who does not lock\n")

    return change


@pytest.mark.parametrize("step", ["_dress", "sync_folder"])
def test_a_log_that_changes_all_the_same_stays(
    log: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, step, changed(log))
    with pytest.raises(StoreError):
        pack(log)
    assert log.read_bytes().startswith(DATA)
    assert not leftover_of(log).exists()


def test_an_archive_that_does_not_hold_the_log_never_takes_its_place(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "packed", lambda *arguments: [gzip.compress(b"other\n")])
    with pytest.raises(StoreError, match="cannot be read back as it was written"):
        pack(log)
    assert [log.name] == names(log)


def test_one_process_goes_through_a_folder_at_a_time(tmp_path: Path) -> None:
    with (
        one_at_a_time(tmp_path),
        pytest.raises(LockedError, match="another process compresses"),
        one_at_a_time(tmp_path),
    ):
        pass
    with one_at_a_time(tmp_path):
        pass
