from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from pidgin_cli.errors import StoreError, UsageError
from pidgin_cli.store.folder import Folder, standing


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    # The folder of the test is there before, or nobody but root could make anything in it.
    before = os.umask(request.param)
    try:
        yield
    finally:
        os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
def test_a_folder_and_those_above_it_are_made_for_their_owner_alone(tmp_path: Path):
    Folder(tmp_path / "a" / "b").make()
    assert (0o700, 0o700) == (mode(tmp_path / "a"), mode(tmp_path / "a" / "b"))


@pytest.mark.usefixtures("umask")
def test_a_folder_may_be_made_for_its_group_to_read(tmp_path: Path):
    folder = Folder(tmp_path / "a", group_readable=True)
    folder.make()
    assert (0o750, 0o640) == (mode(folder.root), folder.file_mode)


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path):
    tmp_path.chmod(0o755)
    Folder(tmp_path).make()
    assert 0o755 == mode(tmp_path)


@pytest.mark.parametrize("place", ["file/events", "dangling", "dangling/events"])
def test_a_folder_that_cannot_be_made_is_named_with_a_way_out(tmp_path: Path, place: str):
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere" / "else")
    with pytest.raises(StoreError, match=r"cannot make the folder of events .*--data-dir"):
        Folder(tmp_path / place).make()
    assert ["dangling", "file"] == sorted(os.listdir(tmp_path))


@pytest.mark.parametrize("bad", ["../x", "/etc/passwd", "a\0b", "latest", ""])
def test_no_file_has_the_name_of_a_bad_id(folder: Folder, bad: str):
    for path in (folder.log, folder.archive, folder.torn, folder.find):
        with pytest.raises(UsageError):
            path(bad)


def test_the_files_of_an_experiment_stand_beside_each_other(folder: Folder):
    expected = ["exp_1.events.jsonl", "exp_1.events.jsonl.gz", "exp_1.torn"]
    paths = [folder.log("exp_1"), folder.archive("exp_1"), folder.torn("exp_1")]
    assert [folder.root / name for name in expected] == paths


def test_a_log_wins_over_its_archive(folder: Folder):
    folder.make()
    assert folder.find("exp_1") is None
    folder.archive("exp_1").write_bytes(b"")
    assert folder.archive("exp_1") == folder.find("exp_1")
    folder.log("exp_1").write_bytes(b"")
    assert folder.log("exp_1") == folder.find("exp_1")


def test_experiments_are_listed_once_and_nothing_else_is(folder: Folder):
    assert [] == folder.experiment_ids()
    folder.make()
    for name in (
        "b.events.jsonl",
        "a.events.jsonl",
        "a.events.jsonl.gz",
        "c.events.jsonl.gz",
        "d.torn",
        "e.control",
        "index.db",
        "latest.events.jsonl",
        ".events.jsonl",
        ".hidden.events.jsonl",
        "a b.events.jsonl",
        "f.events.jsonl.part",
    ):
        (folder.root / name).write_bytes(b"")
    assert ["a", "b", "c"] == folder.experiment_ids()


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot list"):
        Folder(tmp_path / "file").experiment_ids()


def test_free_bytes_are_those_of_where_the_folder_would_be_made(tmp_path: Path):
    assert Folder(tmp_path / "a" / "b").free_bytes() > 0


def test_what_is_no_file_is_no_experiment_whatever_it_is_called(folder: Folder):
    folder.make()
    folder.log("folder").mkdir()
    os.mkfifo(folder.log("pipe"))
    folder.log("dangling").symlink_to("nowhere")
    folder.log("log").touch()
    folder.log("linked").symlink_to(folder.log("log"))
    assert ["linked", "log"] == folder.experiment_ids() == [*folder.files()]
    assert [None, None, None] == [folder.find(name) for name in ("folder", "pipe", "dangling")]


def test_where_a_log_was_packed_or_unpacked_the_other_one_stands(folder: Folder):
    folder.make()
    log, archive = folder.log("exp_1"), folder.archive("exp_1")
    assert (log, archive) == (standing(log), standing(archive))
    log.touch()
    assert (log, log) == (standing(log), standing(archive))
    log.rename(archive)
    assert (archive, archive) == (standing(log), standing(archive))
    assert Path("/a.jsonl") == standing(Path("/a.jsonl"))
