"""Wherever a crash cuts a log, the next writer loses no whole line and glues nothing together."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.store import growing, reader
from pidgin_cli.store.cursor import START
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.growing import GrowingLog
from pidgin_cli.store.reader import last_lines


@pytest.fixture
def made() -> Iterator[Folder]:
    with tempfile.TemporaryDirectory() as name:
        folder = Folder(Path(name))
        with EventStore(folder, durability="none") as store:
            for number, text in enumerate(["", "é\u2028\x00"]):
                store.append("exp_1", Draft("response.completed", {"content": text}, number))
        yield folder


def mended(folder: Folder, data: bytes) -> tuple[list[bytes], bytes, Event]:
    """Append to a log of these bytes; give its lines before, what was torn, and the event."""
    folder.log("exp_1").write_bytes(data)
    folder.torn("exp_1").unlink(missing_ok=True)
    with EventStore(folder, durability="none") as store:
        event = store.append("exp_1", Draft("checkpoint.saved", {}))
    lines = folder.log("exp_1").read_bytes().split(b"\n")
    assert b"" == lines.pop()
    assert encode(event) == lines.pop() + b"\n"
    torn = folder.torn("exp_1")
    return lines, torn.read_bytes() if torn.exists() else b"", event


def test_a_log_cut_at_any_byte_goes_on_after_its_last_whole_line(made: Folder):
    whole = made.log("exp_1").read_bytes()
    for cut in range(len(whole) + 1):
        lines, torn, event = mended(made, whole[:cut])
        kept = b"".join(line + b"\n" for line in lines)
        # A line that lacks nothing but its newline is whole.
        assert whole[:cut] in (kept + torn[:-1], kept[:-1])
        assert whole.startswith(kept)
        digest = "sha256:" + hashlib.sha256(kept).hexdigest()
        assert {"events": len(lines), "digest": digest} == event.data
        assert all(decode(line) for line in lines)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_kept_in_the_log_or_beside_it(before: bytes, end: bytes):
    data = before + b"\n" + end.replace(b"\n", b"")
    with tempfile.TemporaryDirectory() as name:
        lines, torn, event = mended(Folder(Path(name)), data)
    assert data == b"\n".join(lines) + b"\n" + torn.removesuffix(b"\n")
    assert len(lines) == event.data["events"]


@given(st.lists(st.binary(max_size=12), max_size=12), st.integers(0, 14), st.integers(1, 40))
def test_the_last_lines_are_those_of_reading_everything(
    pieces: list[bytes], count: int, block: int
):
    data = b"\n".join(pieces)
    whole = data[: data.rfind(b"\n") + 1]
    lines = [line + b"\n" for line in whole.split(b"\n")[:-1]]
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "BLOCK", block)
        (Path(name) / "log").write_bytes(data)
        expected = (lines[max(0, len(lines) - count) :], len(whole))
        assert expected == last_lines(Path(name) / "log", count)


LINES = [
    b'{"type":"a","experiment_id":"e","id":"%08x-%06d"}\n' % (number * 2654435761 % 2**32, number)
    for number in range(400)
]
STEPS = st.lists(
    st.tuples(st.sampled_from(["append", "tear", "mend", "rewrite", "replace"]), st.integers(1, 4)),
    max_size=15,
)


@given(STEPS, st.integers(1, 200), st.sampled_from([30, 64, 1024]))
def test_whatever_becomes_of_a_log_between_two_looks_its_new_lines_come_once(
    steps: list[tuple[str, int]], block: int, mark: int
):
    fresh = iter(LINES)
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(growing, "BLOCK", block)
        patch.setattr(growing, "MARK", mark)
        path = Path(name) / "log"
        path.write_bytes(b"")
        log = GrowingLog(path, START, pytest.fail)
        for step, count in steps:
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            new = [next(fresh) for _ in range(count)]
            match step:
                case "append":
                    path.write_bytes(whole + b"".join(new))
                case "tear":
                    path.write_bytes(whole + new.pop()[: 7 * count])
                    new = []
                case "mend":
                    path.write_bytes(whole)
                    new = []
                case "rewrite":
                    path.write_bytes(b"".join(new))
                case "replace":
                    (Path(name) / "new").write_bytes(b"".join(new))
                    (Path(name) / "new").rename(path)
            assert new == [event.line for event in log.read()]
            log.rest()
        log.close()
