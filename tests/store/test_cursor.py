from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from pidgin_cli.errors import PidginError, UsageError
from pidgin_cli.store.cursor import START, Cursor, Place, mark_of


@dataclass
class Log:
    at: Place

    def place(self) -> Place:
        return self.at


PLACE = Place(4096, mark_of(b"before"), (1, 2, 3), 1_700_000_000.25)


def test_places_are_found_again_by_the_next_process(tmp_path: Path):
    cursor = Cursor(tmp_path / "cursor")
    assert (False, START) == (cursor.begun, cursor.place("a"))
    cursor.keep("a", Log(PLACE))
    cursor.keep("b", Log(START))
    cursor.save()
    again = Cursor(tmp_path / "cursor")
    assert (True, PLACE, START, START) == (again.begun, *map(again.place, "abc"))


def test_what_another_process_read_is_kept_beside_what_this_one_reads(tmp_path: Path):
    for name in "ab":
        cursor = Cursor(tmp_path / "cursor")
        cursor.keep(name, Log(PLACE))
        cursor.save()
    assert [PLACE, PLACE] == [*map(Cursor(tmp_path / "cursor").place, "ab")]


def test_a_log_that_is_gone_is_forgotten(tmp_path: Path):
    cursor = Cursor(tmp_path / "cursor")
    cursor.keep("a", Log(PLACE))
    cursor.save()
    cursor.forget("a")
    cursor.keep("b", Log(START))
    cursor.save()
    assert START == Cursor(tmp_path / "cursor").place("a")


def test_a_cursor_is_begun_even_where_there_was_nothing_to_read(tmp_path: Path):
    Cursor(tmp_path / "cursor").save()
    assert Cursor(tmp_path / "cursor").begun


def test_a_file_is_not_written_again_when_nothing_was_read(tmp_path: Path):
    cursor = Cursor(tmp_path / "cursor")
    cursor.keep("a", Log(PLACE))
    cursor.save()
    first = os.stat(tmp_path / "cursor")
    cursor.save()
    assert first == os.stat(tmp_path / "cursor")


def test_an_empty_file_is_a_cursor_that_has_not_begun(tmp_path: Path):
    (tmp_path / "cursor").touch()
    cursor = Cursor(tmp_path / "cursor")
    assert not cursor.begun
    cursor.save()
    assert Cursor(tmp_path / "cursor").begun


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
    with pytest.raises(PidginError, match="cannot read the cursor"):
        Cursor(tmp_path)
    with pytest.raises(PidginError, match="cannot be written"):
        Cursor(tmp_path / "nowhere" / "cursor").save()


@pytest.mark.parametrize(("before", "held"), [(b"before", True), (b"other", False)])
def test_a_place_knows_what_stands_before_it(before: bytes, held: bool):
    assert held == PLACE.holds(before)


def test_a_place_that_nobody_has_looked_at_is_believed():
    assert Place(5).holds(b"anything")
