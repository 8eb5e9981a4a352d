from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable, Iterator

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.store.durability import BatchSync
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.writer import Disk, FileLog

Line = Callable[..., bytes]
pytestmark = pytest.mark.timeout(60)


class Syncs:
    """A disk that counts what it was asked to keep, and may refuse."""

    def __init__(self) -> None:
        self.count = 0
        self.refuses = False
        self.asked = threading.Event()

    def __call__(self, descriptor: int) -> None:
        self.count += 1
        self.asked.set()
        if self.refuses:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def wait(self) -> None:
        assert self.asked.wait(30)
        self.asked.clear()


@pytest.fixture
def syncs() -> Syncs:
    return Syncs()


@pytest.fixture
def log(folder: Folder, syncs: Syncs) -> Iterator[FileLog]:
    log = FileLog.create(folder, "exp_1", disk=Disk(sync=syncs))
    yield log
    log.close()


@pytest.fixture
def batch() -> Iterator[BatchSync]:
    batch = BatchSync(interval=0.01)
    yield batch
    batch.close()


def test_a_log_that_was_written_to_is_synced_in_the_next_round(
    batch: BatchSync, log: FileLog, syncs: Syncs, line: Line
):
    batch.add(log)
    for _ in range(3):
        log.write(line())
        syncs.wait()
    assert log.dirty is False


def test_a_log_that_was_not_written_to_is_left_alone(
    batch: BatchSync, folder: Folder, log: FileLog, syncs: Syncs, line: Line
):
    idle = Syncs()
    other = FileLog.create(folder, "exp_2", disk=Disk(sync=idle))
    batch.add(log)
    batch.add(other)
    for _ in range(3):
        log.write(line())
        syncs.wait()
    other.close()
    assert 0 == idle.count


def test_a_log_that_was_given_back_is_left_alone(
    batch: BatchSync, folder: Folder, log: FileLog, syncs: Syncs, line: Line
):
    given_back = Syncs()
    other = FileLog.create(folder, "exp_2", disk=Disk(sync=given_back))
    batch.add(other)
    batch.discard(other)
    batch.add(log)
    other.write(line())
    for _ in range(3):
        log.write(line())
        syncs.wait()
    other.close()
    assert 0 == given_back.count


def test_a_log_that_the_disk_refused_says_so_at_its_next_write(
    batch: BatchSync, folder: Folder, log: FileLog, syncs: Syncs, line: Line
):
    refusing = Syncs()
    refusing.refuses = True
    other = FileLog.create(folder, "exp_2", disk=Disk(sync=refusing))
    batch.add(other)
    batch.add(log)
    other.write(line())
    refusing.wait()
    # The thread goes on with the others.
    for _ in range(3):
        log.write(line())
        syncs.wait()
    with pytest.raises(StoreError, match="did not reach the disk"):
        other.write(line())
    other.close()
    assert 1 == refusing.count


def test_an_end_without_a_beginning_is_nothing():
    BatchSync().close()
