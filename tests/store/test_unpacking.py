"""Taking an archive back into work."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from pidgin_cli.errors import LockedError, StoreError
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import is_locked
from pidgin_cli.store.unpacking import unpack

LINE = b'{"v":1,"id":"x","type":"a.b","experiment_id":"exp_1","timestamp":1.0,"data":{}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.archive("exp_1").write_bytes(gzip.compress(LINE * 1000))
    return folder


def test_the_log_is_in_its_place_and_locked_and_the_archive_is_gone(folder: Folder) -> None:
    descriptor = unpack(folder, "exp_1")
    assert is_locked(folder.log("exp_1"))
    assert folder.log("exp_1").read_bytes() == LINE * 1000
    assert os.listdir(folder.root) == ["exp_1.events.jsonl"]
    assert os.fstat(descriptor).st_mode & 0o777 == 0o600
    os.close(descriptor)


def test_a_log_that_somebody_put_there_meanwhile_is_not_touched(folder: Folder) -> None:
    folder.log("exp_1").write_bytes(LINE)
    with pytest.raises(LockedError):
        unpack(folder, "exp_1")
    assert folder.log("exp_1").read_bytes() == LINE
    assert sorted(os.listdir(folder.root)) == ["exp_1.events.jsonl", "exp_1.events.jsonl.gz"]


def test_an_archive_that_is_damaged_is_left(folder: Folder) -> None:
    archive = folder.archive("exp_1")
    archive.write_bytes(archive.read_bytes()[:-20])
    with pytest.raises(StoreError, match="damaged"):
        unpack(folder, "exp_1")
    assert os.listdir(folder.root) == ["exp_1.events.jsonl.gz"]


def test_what_is_written_next_stands_behind_what_was_packed(folder: Folder) -> None:
    from pidgin_cli.events.kind import Draft

    with EventStore(folder) as store:
        store.resume("exp_1")
        event = store.append("exp_1", Draft("a.b", {}))
    assert folder.log("exp_1").read_bytes() == LINE * 1000 + (event.line or b"")
