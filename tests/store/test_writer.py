from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from pidgin_cli.errors import (
    ExperimentExistsError,
    LockedError,
    StoreError,
    UnknownExperimentError,
)
from pidgin_cli.store import writer
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.lock import LOCK
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.writer import Disk, FileLog, NoLog

LINES = [b'{"type":"a","experiment_id":"exp_1","data":{"n":%d}}\n' % n for n in range(6)]


def holding(folder: Folder, data: bytes) -> Path:
    folder.make()
    folder.log("exp_1").write_bytes(data)
    return folder.log("exp_1")


def written(folder: Folder, disk: Disk) -> tuple[int, str | None]:
    """Write all lines; give how many were written, and the complaint about the next one."""
    log = FileLog.create(folder, "exp_1", disk=disk)
    try:
        for count, line in enumerate(LINES):
            try:
                log.write(line)
            except StoreError as error:
                return count, str(error)
        return len(LINES), None
    finally:
        log.close()


def faulty(nth: int, fault: int | None = None, short: int | None = None) -> Disk:
    """Give a disk whose nth write fails, or puts down only a part of what it is given."""
    calls = iter(range(1, 1_000_000))

    def write(descriptor: int, data: bytes) -> int:
        if next(calls) != nth:
            return os.write(descriptor, data)
        if short is not None:
            data = data[:short]
            os.write(descriptor, data)
        if fault is not None:
            raise OSError(fault, os.strerror(fault))
        return len(data)

    return Disk(write=write)


@pytest.mark.parametrize("umask", [0o000, 0o777], ids=oct)
def test_a_log_is_its_owners_alone_whatever_the_umask(folder: Folder, umask: int):
    before = os.umask(umask)
    try:
        with_log = FileLog.create(folder, "exp_1")
    finally:
        os.umask(before)
    assert 0o600 == stat.S_IMODE(folder.log("exp_1").stat().st_mode)
    with_log.close()


def test_a_log_may_be_for_its_group_to_read(tmp_path: Path):
    folder = Folder(tmp_path, group_readable=True)
    log = FileLog.create(folder, "exp_1")
    assert 0o640 == stat.S_IMODE(folder.log("exp_1").stat().st_mode)
    log.close()


def test_every_line_is_one_write_on_a_descriptor_that_appends(folder: Folder):
    calls: list[bytes] = []

    def write(descriptor: int, data: bytes) -> int:
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        assert flags & os.O_APPEND
        calls.append(bytes(data))
        return os.write(descriptor, data)

    assert (len(LINES), None) == written(folder, Disk(write=write))
    assert LINES == calls
    assert b"".join(LINES) == folder.log("exp_1").read_bytes()


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG])
@pytest.mark.parametrize("short", [None, 0, 1, 20], ids=lambda short: f"short={short}")
def test_a_write_that_fails_leaves_what_was_there_and_nothing_of_its_line(
    folder: Folder, fault: int, short: int | None
):
    for nth in range(1, len(LINES) + 2):
        count, complaint = written(folder, faulty(nth, fault, short))
        path = folder.log("exp_1")
        assert min(nth - 1, len(LINES)) == count
        assert (b"".join(LINES[:count]) or None) == (path.read_bytes() if path.exists() else None)
        if nth > len(LINES):
            assert complaint is None
        else:
            assert complaint is not None
            assert f"cannot write {path}: {os.strerror(fault)}" == complaint.partition(";")[0]
        path.unlink(missing_ok=True)


def test_a_full_disk_comes_with_advice(folder: Folder):
    assert str(written(folder, faulty(1, errno.ENOSPC))[1]).endswith("; free some space there")


@pytest.mark.parametrize("short", [0, 1, 20])
def test_a_short_write_is_finished(folder: Folder, short: int):
    for nth in range(1, len(LINES) + 1):
        assert (len(LINES), None) == written(folder, faulty(nth, short=short))
        assert b"".join(LINES) == folder.log("exp_1").read_bytes()
        folder.log("exp_1").unlink()


def test_writes_of_single_bytes_are_joined(folder: Folder):
    disk = Disk(write=lambda descriptor, data: os.write(descriptor, data[:1]))
    assert (len(LINES), None) == written(folder, disk)
    assert b"".join(LINES) == folder.log("exp_1").read_bytes()


def test_a_disk_that_takes_nothing_and_says_nothing_is_given_up(folder: Folder):
    count, complaint = written(folder, Disk(write=lambda descriptor, data: 0))
    assert (0, False) == (count, folder.log("exp_1").exists())
    assert complaint is not None


def test_after_a_write_that_failed_nothing_more_is_written(folder: Folder):
    log = FileLog.create(folder, "exp_1", disk=faulty(2, errno.EIO))
    log.write(LINES[0])
    for line in LINES[1:]:
        with pytest.raises(StoreError, match=os.strerror(errno.EIO)):
            log.write(line)
    log.close()
    assert LINES[0] == folder.log("exp_1").read_bytes()


def test_a_line_that_could_not_even_be_cut_back_is_mended_by_the_next_writer(folder: Folder):
    def write(descriptor: int, data: bytes) -> int:
        if data == LINES[0]:
            return os.write(descriptor, data)
        os.write(descriptor, data[:9])
        # From here on, the log is a pipe, which nobody can cut.
        reading, writing = os.pipe()
        os.dup2(writing, descriptor)
        os.close(reading)
        os.close(writing)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    log = FileLog.create(folder, "exp_1", disk=Disk(write=write))
    log.write(LINES[0])
    with pytest.raises(StoreError, match="cannot write"):
        log.write(LINES[1])
    log.close()
    assert LINES[0] + LINES[1][:9] == folder.log("exp_1").read_bytes()
    FileLog.open(folder, "exp_1").close()
    assert LINES[0] == folder.log("exp_1").read_bytes()
    assert LINES[1][:9] + b"\n" == folder.torn("exp_1").read_bytes()


def test_a_sync_that_failed_is_remembered_and_not_tried_again(folder: Folder):
    syncs: list[int] = []

    def sync(descriptor: int) -> None:
        syncs.append(descriptor)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    log = FileLog.create(folder, "exp_1", disk=Disk(sync=sync))
    log.write(LINES[0])
    for again in (log.sync, log.sync, lambda: log.write(LINES[1])):
        with pytest.raises(StoreError, match="did not reach the disk"):
            again()
    log.close()
    assert 1 == len(syncs)
    assert LINES[0] == folder.log("exp_1").read_bytes()


def test_lines_before_a_write_that_failed_can_still_reach_the_disk(folder: Folder):
    log = FileLog.create(folder, "exp_1", disk=faulty(2, errno.ENOSPC))
    log.write(LINES[0])
    with pytest.raises(StoreError):
        log.write(LINES[1])
    log.sync()
    assert log.dirty is False
    log.close()


def test_a_log_that_always_waits_syncs_after_every_line(folder: Folder):
    steps: list[str] = []
    disk = Disk(
        write=lambda descriptor, data: steps.append("write") or os.write(descriptor, data),
        sync=lambda descriptor: steps.append("sync"),
    )
    log = FileLog.create(folder, "exp_1", always=True, disk=disk)
    log.write(LINES[0])
    log.write(LINES[1])
    log.close()
    assert ["write", "sync"] * 2 == steps


def test_the_name_of_a_log_reaches_the_disk_with_its_first_lines_and_once(folder: Folder):
    synced: list[Path] = []
    log = FileLog.create(folder, "exp_1", disk=Disk(sync_folder=synced.append))
    for line in LINES[:2]:
        log.write(line)
        log.sync()
    log.close()
    assert [folder.root] == synced


def test_a_folder_that_the_disk_refuses_to_keep_is_a_log_that_did_not_reach_it(folder: Folder):
    def sync_folder(path: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    log = FileLog.create(folder, "exp_1", disk=Disk(sync_folder=sync_folder))
    log.write(LINES[0])
    with pytest.raises(StoreError, match="did not reach the disk"):
        log.sync()
    log.close()


def test_what_is_there_already_is_never_made_again(folder: Folder):
    holding(folder, LINES[0])
    with pytest.raises(ExperimentExistsError, match="choose another --id"):
        FileLog.create(folder, "exp_1")
    assert LINES[0] == folder.log("exp_1").read_bytes()


def test_what_is_in_an_archive_is_there_already(folder: Folder):
    folder.make()
    folder.archive("exp_1").write_bytes(b"")
    with pytest.raises(ExperimentExistsError):
        FileLog.create(folder, "exp_1")
    assert not folder.log("exp_1").exists()


def test_a_symlink_is_not_followed_to_make_a_log(folder: Folder, tmp_path: Path):
    folder.make()
    folder.log("exp_1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ExperimentExistsError):
        FileLog.create(folder, "exp_1")
    assert not (tmp_path / "elsewhere").exists()


def test_a_symlink_is_not_followed_to_go_on_writing(folder: Folder, tmp_path: Path):
    folder.make()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(LINES[0] + b"torn")
    folder.log("exp_1").symlink_to(elsewhere)
    with pytest.raises(StoreError, match="cannot open"):
        FileLog.open(folder, "exp_1")
    assert LINES[0] + b"torn" == elsewhere.read_bytes()


def test_a_symlink_is_not_followed_to_keep_what_is_torn(folder: Folder, tmp_path: Path):
    path = holding(folder, LINES[0] + b"torn")
    folder.torn("exp_1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="cannot mend"):
        FileLog.open(folder, "exp_1")
    assert not (tmp_path / "elsewhere").exists()
    assert LINES[0] + b"torn" == path.read_bytes()
    assert not is_locked(path)


def test_a_log_that_is_not_there_cannot_be_opened(folder: Folder):
    with pytest.raises(UnknownExperimentError, match="no log of exp_1"):
        FileLog.open(folder, "exp_1")


def test_a_log_that_is_a_folder_cannot_be_opened(folder: Folder):
    folder.make()
    folder.log("exp_1").mkdir()
    with pytest.raises(StoreError, match="cannot open"):
        FileLog.open(folder, "exp_1")


def test_one_writer_at_a_time_holds_a_log(folder: Folder):
    first = FileLog.create(folder, "exp_1")
    first.write(LINES[0])
    with pytest.raises(LockedError, match="being written by another process"):
        FileLog.open(folder, "exp_1")
    first.close()
    FileLog.open(folder, "exp_1").close()


def test_reading_a_log_in_the_same_process_keeps_its_lock(folder: Folder):
    log = FileLog.create(folder, "exp_1")
    log.write(LINES[0])
    log.write(LINES[1])
    assert LINES[:2] == list(log.lines())
    assert b"".join(LINES[:2]) == log.path.read_bytes()
    assert is_locked(log.path)
    with pytest.raises(LockedError):
        FileLog.open(folder, "exp_1")
    log.write(LINES[2])
    log.close()
    assert not is_locked(log.path)
    assert b"".join(LINES[:3]) == log.path.read_bytes()


class Beforehand:
    """A lock; when somebody wants to take it, something happens first."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.meddle = meddle

    def acquire(self, descriptor: int) -> bool:
        self.meddle()
        return LOCK.acquire(descriptor)


@pytest.mark.parametrize("use", [FileLog.create, FileLog.open], ids=["create", "open"])
def test_a_log_that_goes_away_before_it_is_locked_is_not_written(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, use: Callable[[Folder, str], FileLog]
):
    """Who writes nothing into an empty log takes it away, whoever made it."""
    if use == FileLog.open:
        holding(folder, b"")
    monkeypatch.setattr(writer, "LOCK", Beforehand(lambda: folder.log("exp_1").unlink()))
    with pytest.raises(LockedError):
        use(folder, "exp_1")
    assert [] == os.listdir(folder.root)


def test_a_log_that_somebody_else_writes_before_its_maker_has_locked_it_is_theirs(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        writer, "LOCK", Beforehand(lambda: folder.log("exp_1").write_bytes(LINES[0]))
    )
    with pytest.raises(ExperimentExistsError):
        FileLog.create(folder, "exp_1")
    assert LINES[0] == folder.log("exp_1").read_bytes()


def test_a_lock_that_the_system_refuses_is_said_in_one_line(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
):
    def refuse() -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(writer, "LOCK", Beforehand(refuse))
    for use in (FileLog.create, FileLog.open):
        with pytest.raises(StoreError, match=r"cannot open .*: No locks available"):
            use(folder, "exp_1")


def test_an_empty_log_that_is_no_longer_its_own_is_left_alone(folder: Folder):
    log = FileLog.create(folder, "exp_1")
    log.path.unlink()
    log.path.write_bytes(LINES[0])
    log.close()
    assert LINES[0] == log.path.read_bytes()


def test_closing_twice_is_closing_once(folder: Folder):
    log = FileLog.create(folder, "exp_1")
    log.write(LINES[0])
    log.close()
    log.close()
    log.sync()
    with pytest.raises(StoreError):
        log.write(LINES[1])
    assert LINES[0] == log.path.read_bytes()


@pytest.mark.parametrize(
    ("end", "log", "torn"),
    [
        (b"", LINES[0], None),
        (LINES[1], LINES[0] + LINES[1], None),
        (LINES[1][:-1], LINES[0] + LINES[1], None),
        (LINES[1][:-2], LINES[0], LINES[1][:-2] + b"\n"),
        (b"{", LINES[0], b"{\n"),
        (b"\0" * 3000, LINES[0], b"\0" * 3000 + b"\n"),
        (b"{}", LINES[0], b"{}\n"),
        (LINES[1] + b"\xff\xfe", LINES[0] + LINES[1], b"\xff\xfe\n"),
        (b'"' + b"x" * 200_000, LINES[0], b'"' + b"x" * 200_000 + b"\n"),
    ],
    ids=["nothing", "whole", "no-newline", "torn", "brace", "nul", "no-event", "bytes", "long"],
)
def test_the_end_of_a_log_is_mended(folder: Folder, end: bytes, log: bytes, torn: bytes | None):
    path = holding(folder, LINES[0] + end)
    FileLog.open(folder, "exp_1").close()
    kept = folder.torn("exp_1")
    assert (log, torn) == (path.read_bytes(), kept.read_bytes() if kept.exists() else None)


def test_a_log_of_one_torn_line_is_emptied_and_then_taken_away(folder: Folder):
    path = holding(folder, b'{"v":1,"id"')
    log = FileLog.open(folder, "exp_1")
    assert b"" == path.read_bytes()
    log.close()
    assert not path.exists()
    assert b'{"v":1,"id"\n' == folder.torn("exp_1").read_bytes()


def test_torn_ends_gather_in_a_file_for_its_owner_alone(folder: Folder):
    before = os.umask(0)
    try:
        for torn in (b"{one", b"{two"):
            holding(folder, LINES[0] + torn)
            FileLog.open(folder, "exp_1").close()
    finally:
        os.umask(before)
    assert b"{one\n{two\n" == folder.torn("exp_1").read_bytes()
    assert 0o600 == stat.S_IMODE(folder.torn("exp_1").stat().st_mode)


def test_what_follows_a_mended_end_begins_a_line_of_its_own(folder: Folder):
    path = holding(folder, LINES[0] + b"{torn")
    log = FileLog.open(folder, "exp_1")
    log.write(LINES[1])
    log.close()
    assert LINES[0] + LINES[1] == path.read_bytes()


def test_a_log_that_keeps_nothing_can_be_used_like_one():
    log = NoLog()
    uses: list[Callable[[], None]] = [lambda: log.write(LINES[0]), log.sync, log.close]
    assert [None, None, None] == [use() for use in uses]
