from __future__ import annotations

import gzip
import os
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.store.cursor import MARK, START, Place
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.growing import GrowingLog
from pidgin_cli.store.inflation import BLOCK
from pidgin_cli.store.reader import BadLine
from pidgin_cli.store.writer import FileLog

Line = Callable[..., bytes]


class Reading:
    """A log, its follower, and what the follower gave."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.bad: list[BadLine] = []
        self.log = GrowingLog(path, Place(offset), self.bad.append)

    def add(self, *pieces: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(b"".join(pieces))

    def new(self) -> list[bytes | None]:
        return [event.line for event in self.log.read()]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    (tmp_path / "log").write_bytes(b"")
    return Reading(tmp_path / "log")


@pytest.fixture
def lines(line: Line) -> list[bytes]:
    return [line(text="x" * 40) for _ in range(20)]


def test_each_line_is_given_once(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:3])
    assert lines[:3] == reading.new()
    assert [] == reading.new()
    reading.add(*lines[3:])
    assert lines[3:] == reading.new()


def test_a_line_is_given_when_its_newline_has_come(reading: Reading, lines: list[bytes]):
    for cut in range(1, len(lines[0])):
        reading.path.write_bytes(b"")
        log = Reading(reading.path)
        log.add(lines[0][:cut])
        assert [] == log.new()
        log.add(lines[0][cut:])
        assert [lines[0]] == log.new()
        log.log.close()


def test_reading_goes_on_from_an_offset(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:5])
    later = Reading(reading.path, len(lines[0]) + len(lines[1]))
    assert lines[2:5] == later.new()


def test_a_log_that_was_truncated_is_read_from_its_start(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:5])
    reading.new()
    os.truncate(reading.path, 0)
    assert [] == reading.new()
    reading.add(*lines[5:7])
    assert lines[5:7] == reading.new()


@pytest.mark.parametrize("count", [1, 3, 5, 9], ids="{} lines".format)
def test_a_log_that_was_rewritten_in_place_is_read_from_its_start(
    reading: Reading, lines: list[bytes], count: int
):
    reading.add(*lines[:5])
    reading.new()
    inode = reading.path.stat().st_ino
    reading.path.write_bytes(b"".join(lines[10 : 10 + count]))
    assert inode == reading.path.stat().st_ino
    assert lines[10 : 10 + count] == reading.new()


def test_a_rewriting_is_seen_before_anything_was_read(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:5])
    later = Reading(reading.path, sum(map(len, lines[:5])))
    assert [] == later.new()
    reading.path.write_bytes(b"".join(lines[8:16]))
    assert lines[8:16] == later.new()


def test_of_a_log_that_was_renamed_the_rest_comes_before_the_new_one(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:2])
    assert lines[:2] == reading.new()
    reading.add(*lines[2:4])
    reading.path.rename(reading.path.with_name("log.1"))
    reading.add(*lines[4:6])
    assert lines[2:6] == reading.new()


def test_what_came_into_a_log_just_before_it_was_replaced_is_given_too(
    folder: Folder, meddled: Any, lines: list[bytes]
):
    folder.make()
    reading = Reading(meddled)
    reading.add(lines[0])

    def replace() -> None:
        with folder.log("exp_1").open("ab") as file:
            file.write(lines[1])
        folder.log("exp_1").rename(folder.root / "old")
        folder.log("exp_1").write_bytes(lines[2])

    assert lines[:1] == reading.new()
    meddled.meddle = replace
    assert lines[1:3] == reading.new()


def test_a_log_without_a_name_is_read_on(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:2])
    assert lines[:2] == reading.new()
    moved = reading.path.rename(reading.path.with_name("log.1"))
    with moved.open("ab") as file:
        file.write(lines[2])
    assert lines[2:3] == reading.new()


def test_a_copy_that_takes_the_place_of_a_log_gives_only_what_is_new(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:5])
    reading.new()
    copy = reading.path.with_name("copy")
    copy.write_bytes(b"".join(lines[:8]))
    copy.rename(reading.path)
    assert lines[5:8] == reading.new()


def test_a_torn_end_that_a_writer_took_back_makes_nothing_come_twice(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:3], lines[3][:30])
    assert lines[:3] == reading.new()
    os.truncate(reading.path, sum(map(len, lines[:3])))
    assert [] == reading.new()
    reading.add(*lines[4:6])
    assert lines[4:6] == reading.new()
    assert [] == reading.bad


def test_a_torn_end_that_was_replaced_between_two_looks_is_glued_to_nothing(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:3], lines[3][:60])
    assert lines[:3] == reading.new()
    os.truncate(reading.path, sum(map(len, lines[:3])))
    reading.add(*lines[4:6])
    assert lines[4:6] == reading.new()
    assert [] == reading.bad


def test_a_torn_end_longer_than_what_is_remembered_of_it_is_taken_back_as_well(
    reading: Reading, line: Line, lines: list[bytes]
):
    long = line(text="y" * 5 * MARK)
    reading.add(lines[0], long[: 3 * MARK])
    assert lines[:1] == reading.new()
    os.truncate(reading.path, len(lines[0]))
    other = line(text="z" * 5 * MARK)
    reading.add(other)
    assert [other] == reading.new()


def test_a_writer_that_mends_a_torn_end_makes_nothing_come_twice(
    folder: Folder, lines: list[bytes]
):
    folder.make()
    reading = Reading(folder.log("exp_1"))
    reading.add(*lines[:3], lines[3][:50])
    assert lines[:3] == reading.new()
    log = FileLog.open(folder, "exp_1")
    assert [] == reading.new()
    for each in lines[4:6]:
        log.write(each)
    log.close()
    assert lines[4:6] == reading.new()


def test_a_bad_line_is_reported_with_its_place_in_the_file(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:3], b"garbage\n", lines[3], b"[]\n\n")
    at = sum(map(len, lines[:3]))
    later = Reading(reading.path, len(lines[0]))
    assert lines[1:4] == later.new()
    expected = [(4, at, "not JSON"), (6, at + 8 + len(lines[3]), "not a JSON object")]
    assert expected == [(bad.line, bad.offset, bad.reason.partition(":")[0]) for bad in later.bad]


def test_blank_lines_are_passed_over(reading: Reading, lines: list[bytes]):
    reading.add(b"\n", lines[0], b" \r\n")
    assert lines[:1] == reading.new()
    assert [] == reading.bad


def test_lines_of_many_blocks_are_put_together(reading: Reading, line: Line, full: bool):
    megabytes = 100 if full else 5
    long = line(text="x" * (megabytes << 20))
    for start in range(0, len(long), 3 * BLOCK):
        assert [] == reading.new()
        reading.add(long[start : start + 3 * BLOCK])
    assert [long] == reading.new()


def test_a_log_that_is_not_there_yet_has_nothing(tmp_path: Path, lines: list[bytes]):
    reading = Reading(tmp_path / "later")
    assert [] == reading.new()
    assert not reading.log.is_written()
    reading.add(lines[0])
    assert lines[:1] == reading.new()


def test_a_log_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot read"):
        Reading(tmp_path).new()


def test_a_log_is_written_while_its_writer_holds_it(folder: Folder, lines: list[bytes]):
    log = FileLog.create(folder, "exp_1")
    reading = Reading(folder.log("exp_1"))
    log.write(lines[0])
    assert reading.log.is_written()
    reading.path.rename(reading.path.with_name("elsewhere"))
    assert reading.log.is_written()
    log.close()
    assert not reading.log.is_written()


def open_files() -> set[str]:
    return {os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")}


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files cannot be listed here")
def test_a_log_at_rest_is_not_held_open_and_still_gives_what_comes(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:2])
    assert lines[:2] == reading.new()
    reading.log.rest()
    assert str(reading.path) not in open_files()
    assert [] == reading.new()
    assert str(reading.path) not in open_files()
    reading.add(lines[2])
    assert lines[2:3] == reading.new()
    reading.log.rest()
    reading.path.unlink()
    assert [] == reading.new()
    reading.add(lines[3])
    assert lines[3:4] == reading.new()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files cannot be listed here")
def test_a_log_that_is_written_does_not_rest(folder: Folder, lines: list[bytes]):
    log = FileLog.create(folder, "exp_1")
    log.write(lines[0])
    reading = Reading(folder.log("exp_1"))
    assert lines[:1] == reading.new()
    reading.log.rest()
    assert reading.log.is_written()
    log.write(lines[1])
    log.close()
    # There is more to read, so that it cannot rest yet.
    reading.log.rest()
    assert lines[1:2] == reading.new()


def pack(path: Path) -> None:
    """Do what compressing does to a log."""
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()


def test_what_an_archive_holds_beyond_what_was_given_comes(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:5])
    assert lines[:5] == reading.new()
    reading.log.rest()
    reading.add(*lines[5:])
    pack(reading.path)
    assert lines[5:] == reading.new()
    assert [] == reading.new()


def test_a_log_that_was_packed_while_it_was_read_gives_each_line_once(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:5])
    assert lines[:5] == reading.new()
    reading.add(*lines[5:])
    pack(reading.path)
    assert lines[5:] == reading.new()
    reading.log.rest()
    assert [] == reading.new()


def test_an_archive_of_another_log_is_given_whole(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:5])
    assert lines[:5] == reading.new()
    reading.log.rest()
    reading.path.write_bytes(b"".join(lines[5:15]))
    pack(reading.path)
    assert lines[5:15] == reading.new()


def test_a_log_that_was_unpacked_again_gives_only_what_is_new(reading: Reading, lines: list[bytes]):
    reading.add(*lines[:5])
    pack(reading.path)
    assert lines[:5] == reading.new()
    reading.add(*lines)
    assert lines[5:] == reading.new()


def test_bad_lines_of_an_archive_are_reported_with_their_place(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:2])
    assert lines[:2] == reading.new()
    reading.log.rest()
    reading.add(lines[2], b"bad\n", lines[3])
    pack(reading.path)
    assert lines[2:4] == reading.new()
    assert [(4, sum(map(len, lines[:3])))] == [(bad.line, bad.offset) for bad in reading.bad]


def test_a_damaged_archive_is_reported_once_and_what_was_whole_is_given(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines)
    pack(reading.path)
    archive = reading.path.with_name("log.gz")
    archive.write_bytes(archive.read_bytes()[:-20])
    given = reading.new()
    assert lines[: len(given)] == given
    assert [] == reading.new()
    assert ["the archive is damaged" in bad.reason for bad in reading.bad] == [True]


def test_a_place_is_exact_between_any_two_events(reading: Reading, lines: list[bytes]):
    reading.add(*lines)
    for count in range(len(lines) + 1):
        log = GrowingLog(reading.path, START, pytest.fail)
        given = [event.line for event in islice(log.read(), count)]
        again = GrowingLog(reading.path, log.place(), pytest.fail)
        assert lines == given + [event.line for event in again.read()]
        log.close()
        again.close()


def test_a_place_in_an_archive_goes_on_in_the_log_and_the_other_way_round(
    reading: Reading, lines: list[bytes]
):
    reading.add(*lines[:9])
    place = GrowingLog(reading.path, START, pytest.fail)
    assert 9 == len([*place.read()])
    pack(reading.path)
    archived = GrowingLog(reading.path, place.place(), pytest.fail)
    assert [] == [*archived.read()]
    reading.add(*lines)
    unpacked = GrowingLog(reading.path, archived.place(), pytest.fail)
    assert lines[9:] == [event.line for event in unpacked.read()]
    for log in (place, unpacked):
        log.close()


@pytest.mark.parametrize("packed", [False, True])
def test_a_place_in_another_log_of_that_name_means_its_start(
    reading: Reading, lines: list[bytes], packed: bool
):
    reading.add(*lines[:5])
    before = GrowingLog(reading.path, START, pytest.fail)
    assert 5 == len([*before.read()])
    reading.path.write_bytes(b"".join(lines[5:]))
    if packed:
        pack(reading.path)
    after = GrowingLog(reading.path, before.place(), pytest.fail)
    before.close()
    assert lines[5:] == [event.line for event in after.read()]
    after.close()


def test_events_of_an_earlier_time_are_not_given(reading: Reading, lines: list[bytes]):
    reading.add(*lines)
    later = GrowingLog(reading.path, Place(after=110.0), pytest.fail)
    assert lines[10:] == [event.line for event in later.read()]
    later.close()
