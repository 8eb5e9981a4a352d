from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.events.event import Event
from pidgin_cli.store import reader
from pidgin_cli.store.reader import BadLine, descriptor_blocks, file_blocks, last_lines, read_events

Line = Callable[..., bytes]


def read(blocks: Iterable[bytes], *, growing: bool = False) -> tuple[list[Event], list[BadLine]]:
    bad: list[BadLine] = []
    return list(read_events(blocks, "log", bad.append, growing=growing)), bad


def test_events_come_in_the_order_of_their_lines(line: Line):
    lines = [line(n=number) for number in range(5)]
    events, bad = read([b"".join(lines)])
    assert (lines, []) == ([event.line for event in events], bad)


def test_a_bad_line_is_reported_with_its_place_and_left_out(line: Line):
    first, last = line(), line()
    events, bad = read([first + b"\n" + b"garbage\n" + b"[]\n" + last])
    assert [first, last] == [event.line for event in events]
    at = len(first) + 1
    assert [
        ("log", 3, at, "not JSON"),
        ("log", 4, at + 8, "not a JSON object"),
    ] == [(each.source, each.line, each.offset, each.reason.split(":")[0]) for each in bad]


def test_a_bad_line_is_said_in_one_line():
    assert "log: line 3, byte 17: no type" == str(BadLine("log", 3, 17, "no type"))


def test_blank_lines_are_passed_over(line: Line):
    events, bad = read([b"\n \t\r\n" + line() + b"\n\n", b"  "])
    assert (1, []) == (len(events), bad)


def test_the_whole_end_of_a_stream_needs_no_newline(line: Line):
    whole = line()
    events, bad = read([whole[:-1]])
    assert ([whole], []) == ([event.line for event in events], bad)


def test_a_torn_end_is_bad(line: Line):
    first = line()
    events, bad = read([first + b'{"v":1,'])
    assert [first] == [event.line for event in events]
    assert [BadLine("log", 2, len(first), "the last line is torn")] == bad


def test_the_torn_end_of_what_is_being_written_is_not_bad(line: Line):
    events, bad = read([line() + b'{"v":1,'], growing=True)
    assert (1, []) == (len(events), bad)


def test_nothing_is_read_of_nothing():
    assert ([], []) == read([])
    assert ([], []) == read([b"", b""])


def test_only_one_line_is_held_in_memory(line: Line):
    given: list[str] = []

    def blocks() -> Iterable[bytes]:
        for number in range(3):
            given.append(f"block {number}")
            yield line(n=number)

    for event in read_events(blocks(), "log", lambda bad: None):
        given.append(f"event {event.data['n']}")
    assert ["block 0", "event 0", "block 1", "event 1", "block 2", "event 2"] == given


def test_a_long_line_is_put_together_once(full: bool):
    megabytes = 100 if full else 5
    block = b"x" * (1 << 16)
    blocks = [b'{"type":"a","experiment_id":"b","data":{"x":"', *[block] * megabytes * 16, b'"}}\n']
    (event,) = read_events(iter(blocks), "log", lambda bad: None)
    assert megabytes << 20 == len(event.data["x"])
    assert sum(map(len, blocks)) == len(event.line or b"")


def test_idle_is_called_before_every_read_that_would_block():
    reading, writing = os.pipe()
    steps: list[str] = []
    pieces = [b"one\n", b"two\n", b""]

    def idle() -> None:
        steps.append("idle")
        piece = pieces.pop(0)
        if piece:
            os.write(writing, piece)
        else:
            os.close(writing)

    for block in descriptor_blocks(reading, idle):
        steps.append(block.decode())
    os.close(reading)
    assert ["idle", "one\n", "idle", "two\n", "idle"] == steps


def test_idle_is_not_called_while_there_is_input():
    reading, writing = os.pipe()
    os.write(writing, b"one\n")
    os.close(writing)
    steps: list[str] = []
    assert [b"one\n"] == list(descriptor_blocks(reading, lambda: steps.append("idle")))
    os.close(reading)
    assert [] == steps


def test_a_pipe_that_somebody_made_non_blocking_is_waited_for():
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    # Whoever reads an empty pipe of that kind gets an error, and not the end of it.
    later = threading.Timer(0.05, lambda: os.write(writing, b"late"))
    later.start()
    blocks = descriptor_blocks(reading)
    assert b"late" == next(blocks)
    later.join()
    os.close(writing)
    assert [] == list(blocks)
    os.close(reading)


def archive(path: Path, data: bytes) -> Path:
    path.write_bytes(gzip.compress(data, mtime=0))
    return path


def test_an_archive_is_read_like_a_log(tmp_path: Path, line: Line):
    data = b"".join(line(n=number) for number in range(50))
    (tmp_path / "log").write_bytes(data)
    packed = archive(tmp_path / "packed", data)
    assert data == b"".join(file_blocks(tmp_path / "log")) == b"".join(file_blocks(packed))


def test_an_archive_of_several_members_is_read_whole(tmp_path: Path):
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert b"one\ntwo\n" == b"".join(file_blocks(path))


@pytest.mark.parametrize("data", [b"", b"\x1f", b"x", b"\x1fx"])
def test_a_file_of_hardly_any_bytes_is_read_as_it_is(tmp_path: Path, data: bytes):
    (tmp_path / "log").write_bytes(data)
    assert data == b"".join(file_blocks(tmp_path / "log"))


def what_is_whole(path: Path) -> tuple[list[bytes | None], str]:
    lines = []
    try:
        for event in read_events(file_blocks(path), "log", pytest.fail):
            lines.append(event.line)
    except StoreError as error:
        return lines, str(error)
    return lines, ""


def test_a_truncated_archive_gives_its_whole_lines_and_then_an_error(tmp_path: Path, line: Line):
    lines = [line(text=os.urandom(40).hex()) for _ in range(200)]
    packed = archive(tmp_path / "packed", b"".join(lines)).read_bytes()
    for size in range(2, len(packed), 97):
        (tmp_path / "packed").write_bytes(packed[:size])
        given, complaint = what_is_whole(tmp_path / "packed")
        assert lines[: len(given)] == given
        assert complaint.startswith(f"{tmp_path}/packed: the archive is damaged")
        if size > len(packed) * 0.9:
            assert len(given) > 150


def test_a_damaged_archive_is_an_error(tmp_path: Path, line: Line):
    packed = bytearray(archive(tmp_path / "packed", line() * 20).read_bytes())
    packed[-6] ^= 0xFF
    (tmp_path / "packed").write_bytes(packed)
    with pytest.raises(StoreError, match="the archive is damaged"):
        b"".join(file_blocks(tmp_path / "packed"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match=r"cannot read .*/nowhere: No such file"):
        b"".join(file_blocks(tmp_path / "nowhere"))


def naive(data: bytes, count: int) -> tuple[list[bytes], int]:
    whole = data[: data.rfind(b"\n") + 1]
    lines = [line + b"\n" for line in whole.split(b"\n")[:-1]]
    return lines[max(0, len(lines) - count) :], len(whole)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"torn",
        b"a\n",
        b"a\ntorn",
        b"a\nbb\n\nccc\n",
        b"x" * 20 + b"\n" + b"y" * 9,
        b"".join(b"%d\n" % number for number in range(40)),
        b"".join(b"%d\n" % number for number in range(40)) + b"torn" * 10,
    ],
)
@pytest.mark.parametrize("block", [1, 2, 3, 7, 1 << 18])
def test_the_last_lines_are_those_that_reading_all_would_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, block: int
):
    monkeypatch.setattr(reader, "BLOCK", block)
    (tmp_path / "log").write_bytes(data)
    for count in (0, 1, 2, 3, 10, 1000):
        assert naive(data, count) == last_lines(tmp_path / "log", count)


def test_a_log_that_is_packed_between_being_found_and_read_is_read_from_its_archive(
    tmp_path: Path,
):
    log, archive = tmp_path / "exp_1.events.jsonl", tmp_path / "exp_1.events.jsonl.gz"
    archive.write_bytes(gzip.compress(b"{}\n"))
    assert b"{}\n" == b"".join(file_blocks(log))
    archive.unlink()
    log.write_bytes(b"{}\n")
    assert b"{}\n" == b"".join(file_blocks(archive))
