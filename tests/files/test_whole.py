from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from pidgin_cli.errors import UsageError
from pidgin_cli.files import whole
from pidgin_cli.files.whole import whole_file, whole_folder


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def write(path: Path, data: bytes = b"new", **options: bool) -> None:
    with whole_file(path, **options) as file:
        file.write(data)


def test_a_file_appears_for_its_owner_alone(tmp_path: Path) -> None:
    write(tmp_path / "a")
    assert {"a": b"new"} == content(tmp_path)
    assert 0o600 == (tmp_path / "a").stat().st_mode & 0o777


def test_a_file_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a") as file:
        file.write(b"new")
        assert not (tmp_path / "a").exists()


def test_nothing_is_left_of_a_block_that_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), whole_file(tmp_path / "a") as file:
        file.write(b"%d" % (1 // 0))
    assert {} == content(tmp_path)


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(UsageError, match="exists already"):
        write(tmp_path / "a")
    assert {"a": b"old"} == content(tmp_path)


def test_a_file_that_comes_meanwhile_stays(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exists already"), whole_file(tmp_path / "a"):
        (tmp_path / "a").write_bytes(b"old")
    assert {"a": b"old"} == content(tmp_path)


def test_a_file_that_is_there_can_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    write(tmp_path / "a", overwrite=True)
    assert {"a": b"new"} == content(tmp_path)


@pytest.mark.parametrize("target", ["theirs", "nowhere"])
@pytest.mark.parametrize("overwrite", [True, False])
def test_a_link_is_neither_followed_nor_replaced(
    tmp_path: Path, target: str, overwrite: bool
) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "a").symlink_to(tmp_path / target)
    with pytest.raises(UsageError, match="a is a symbolic link and stays"):
        write(tmp_path / "a", overwrite=overwrite)
    assert (b"theirs", ["a", "theirs"]) == (
        (tmp_path / "theirs").read_bytes(),
        sorted(path.name for path in tmp_path.iterdir()),
    )


@pytest.mark.parametrize("target", ["theirs", "nowhere"])
def test_a_folder_takes_no_links_place(tmp_path: Path, target: str) -> None:
    (tmp_path / "theirs").mkdir()
    link = tmp_path / "a"
    link.symlink_to(tmp_path / target)
    with (
        pytest.raises(UsageError, match="a is a symbolic link and stays"),
        whole_folder(link, overwrite=True, suffix=".x"),
    ):
        pass
    assert link.is_symlink()


def test_a_file_appears_where_the_disk_has_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(whole.Path, "hardlink_to", refuse)
    write(tmp_path / "a")
    assert {"a": b"new"} == content(tmp_path)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        write(tmp_path, overwrite=True)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no folder .*none: make it, or give another"):
        write(tmp_path / "none" / "a")


def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="is no regular file"):
        write(pipe, overwrite=True)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


def test_a_folder_comes_back_where_the_new_one_could_not_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "a"
    old.mkdir()
    (old / "part-0.x").write_bytes(b"old")
    rename = Path.rename

    def fails_for_new(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_for_new)
    with pytest.raises(KeyboardInterrupt), whole_folder(old, overwrite=True, suffix=".x"):
        pass
    assert {"part-0.x": b"old"} == content(old)
    assert [old] == list(tmp_path.iterdir())
