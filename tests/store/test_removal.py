from __future__ import annotations

import gzip
import os

import pytest

from pidgin_cli.errors import LockedError, UnknownExperimentError
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.removal import bytes_of, files_of, remove, sweep


@pytest.fixture
def full(folder: Folder) -> Folder:
    """A folder with every file that exp_1 can have, and one whose name it begins."""
    folder.root.mkdir()
    folder.log("exp_1").write_bytes(b"log")
    folder.archive("exp_1").write_bytes(gzip.compress(b"archive"))
    folder.torn("exp_1").write_bytes(b"torn")
    folder.control("exp_1").write_bytes(b"control")
    for name in (".exp_1.events.jsonl.gz.tmp", ".exp_1.77.unpacking"):
        (folder.root / name).write_bytes(b"left")
    folder.log("exp_1.2").write_bytes(b"other")
    folder.archive("exp_3").write_bytes(gzip.compress(b"packed"))
    (folder.root / ".exp_3.78.unpacking").write_bytes(b"under way")
    return folder


OTHERS = [".exp_3.78.unpacking", "exp_1.2.events.jsonl", "exp_3.events.jsonl.gz"]


def test_nothing_is_left_of_an_experiment_and_all_of_others(full: Folder) -> None:
    size = bytes_of(full, "exp_1")
    assert size == remove(full, "exp_1") > 20
    sweep(full)
    assert OTHERS == sorted(os.listdir(full.root))


def test_the_log_goes_last(full: Folder) -> None:
    assert full.log("exp_1") == files_of(full, "exp_1")[-1]
    assert full.archive("exp_3") == files_of(full, "exp_3")[-1]


def test_an_archive_alone_is_removed(full: Folder) -> None:
    remove(full, "exp_3")
    assert full.find("exp_3") is None


def test_an_experiment_that_is_written_stays_whole(folder: Folder) -> None:
    with EventStore(folder) as store:
        store.append("exp_1", Draft("turn.started", {}, 0))
        folder.control("exp_1").write_bytes(b"control")
        with pytest.raises(LockedError, match="is being written; it stays"):
            remove(folder, "exp_1")
        assert [folder.control("exp_1"), folder.log("exp_1")] == files_of(folder, "exp_1")


def test_what_is_not_there_cannot_be_removed(folder: Folder) -> None:
    with pytest.raises(UnknownExperimentError, match="no experiment exp_1"):
        remove(folder, "exp_1")


def test_a_folder_in_the_place_of_a_log_stays(folder: Folder) -> None:
    folder.log("exp_1").mkdir(parents=True)
    with pytest.raises(UnknownExperimentError, match="no experiment exp_1"):
        remove(folder, "exp_1")
