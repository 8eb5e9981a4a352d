from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from pidgin_cli.errors import LockedError, PidginError, UsageError
from pidgin_cli.store.cursor import START, Cursor, Place, mark_of


@dataclass
class Log:
    at: Place

    def place(self) -> Place:
        return self.at


PLACE = Place(4096, mark_of(b"before"), (1, 2, 3), 1_700_000_000.25)


def cursor(tmp_path: Path) -> closing[Cursor]:
    """Give the cursor as a process has it, and lets go of it at its end."""
    return closing(Cursor(tmp_path / "cursor"))


def test_places_are_found_again_by_the_next_process(tmp_path: Path):
    with cursor(tmp_path) as first:
        assert (False, START) == (first.begun, first.place("a"))
        first.keep("a", Log(PLACE))
        first.keep("b", Log(START))
        first.save()
    with cursor(tmp_path) as again:
        assert (True, PLACE, START, START) == (again.begun, *map(again.place, "abc"))


def test_what_another_process_read_is_kept_beside_what_this_one_reads(tmp_path: Path):
    for name in "ab":
        with cursor(tmp_path) as each:
            each.keep(name, Log(PLACE))
            each.save()
    with cursor(tmp_path) as last:
        assert [PLACE, PLACE] == [*map(last.place, "ab")]


def test_a_log_that_is_gone_is_forgotten(tmp_path: Path):
    with cursor(tmp_path) as first:
        first.keep("a", Log(PLACE))
        first.save()
        first.forget("a")
        first.keep("b", Log(START))
        first.save()
    with cursor(tmp_path) as again:
        assert START == again.place("a")


def test_a_cursor_is_begun_even_where_there_was_nothing_to_read(tmp_path: Path):
    with cursor(tmp_path) as first:
        first.save()
    with cursor(tmp_path) as again:
        assert again.begun


def test_a_file_is_not_written_again_when_nothing_was_read(tmp_path: Path):
    with cursor(tmp_path) as first:
        first.keep("a", Log(PLACE))
        first.save()
        before = os.stat(tmp_path / "cursor")
        first.save()
        assert before == os.stat(tmp_path / "cursor")


def test_an_empty_file_is_a_cursor_that_has_not_begun(tmp_path: Path):
    (tmp_path / "cursor").touch()
    with cursor(tmp_path) as first:
        assert not first.begun
        first.save()
    with cursor(tmp_path) as again:
        assert again.begun


@pytest.mark.parametrize("saved", [0, 1, 2])
def test_a_cursor_is_one_process_s_alone(tmp_path: Path, saved: int):
    with cursor(tmp_path) as first:
        for number in range(saved):
            first.keep(f"{number}", Log(PLACE))
            first.save()
        with pytest.raises(LockedError, match="another process follows with the cursor"):
            cursor(tmp_path)
    with cursor(tmp_path) as next_one:
        assert bool(saved) == next_one.begun


@pytest.mark.parametrize(
    "content",
    [b"5", b"{}", b'{"logs":[]}', b'{"logs":{"a":5}}', b'{"logs":{"a":{"archive":[1]}}}'],
)
def test_what_is_no_cursor_is_refused_and_left(tmp_path: Path, content: bytes):
    (tmp_path / "cursor").write_bytes(content)
    with pytest.raises(UsageError, match="is no cursor file"):
        Cursor(tmp_path / "cursor")
    assert content == (tmp_path / "cursor").read_bytes()


def test_a_cursor_that_cannot_be_read_or_written_is_told(tmp_path: Path):
    with pytest.raises(PidginError, match=r"cannot open the cursor .*: Is a directory"):
        Cursor(tmp_path)
    with pytest.raises(PidginError, match=r"cannot open the cursor .*: No such file"):
        Cursor(tmp_path / "nowhere" / "cursor")
    (tmp_path / "folder").mkdir()
    with closing(Cursor(tmp_path / "folder" / "cursor")) as lost:
        shutil.rmtree(tmp_path / "folder")
        with pytest.raises(PidginError, match="there is no folder"):
            lost.save()


@pytest.mark.parametrize(("before", "held"), [(b"before", True), (b"other", False)])
def test_a_place_knows_what_stands_before_it(before: bytes, held: bool):
    assert held == PLACE.holds(before)


def test_a_place_that_nobody_has_looked_at_is_believed():
    assert Place(5).holds(b"anything")


def test_a_signal_while_it_is_saved_leaves_it_to_be_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def close(descriptor: int, closed: Callable[[int], None] = os.close) -> None:
        monkeypatch.undo()
        closed(descriptor)
        raise KeyboardInterrupt

    cursor = Cursor(tmp_path / "cursor")
    monkeypatch.setattr(os, "close", close)
    with pytest.raises(KeyboardInterrupt):
        cursor.save()
    cursor.close()
    Cursor(tmp_path / "cursor").close()
