from __future__ import annotations

from pathlib import Path

import pytest

from pidgin_cli.cli.reading import Reading, SourceOptions
from pidgin_cli.cli.streams import STDIN
from pidgin_cli.errors import ExitStatus, UsageError
from pidgin_cli.events.event import Event
from pidgin_cli.store.folder import Folder

LINE = b'{"type":"turn.started","experiment_id":"%s"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    for name in (b"a", b"b"):
        (tmp_path / f"{name.decode()}.events.jsonl").write_bytes(LINE % name)
    return Folder(tmp_path)


def read(reading: Reading, folder: Folder, *words: str) -> list[str]:
    events: list[Event] = list(reading.events(SourceOptions(source=[*words]).sources(folder)))
    return [event.experiment_id for event in events]


def test_logs_are_read_one_after_another(folder: Folder) -> None:
    reading = Reading()
    assert ["b", "a"] == read(reading, folder, "b", "a")
    assert ExitStatus.DONE == reading.status


def test_bad_lines_are_told_and_left_out(folder: Folder, capfd: pytest.CaptureFixture[str]) -> None:
    folder.log("a").write_bytes(b"bad\n" + LINE % b"a")
    reading = Reading()
    assert ["a", "b"] == read(reading, folder, "all")
    assert ExitStatus.BAD_INPUT == reading.status
    assert "a: line 1, byte 0: not JSON" in capfd.readouterr().err


def test_a_log_that_cannot_be_read_does_not_keep_the_next_from_being_read(
    folder: Folder, capfd: pytest.CaptureFixture[str]
) -> None:
    folder.log("a").write_bytes(b"\x1f\x8b damaged")
    reading = Reading()
    assert ["b"] == read(reading, folder, "all")
    assert ExitStatus.FAILED == reading.status
    assert "the archive is damaged" in capfd.readouterr().err


def test_further_sources_come_from_a_file(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "names").write_bytes(b"b\n\n  a \n")
    options = SourceOptions(sources_from=str(tmp_path / "names"))
    assert ["b", "a"] == [source.name for source in options.sources(folder)]


def test_an_empty_list_of_sources_means_none(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "names").write_bytes(b"")
    assert [] == SourceOptions(sources_from=str(tmp_path / "names")).sources(folder, ["-"])


def test_a_list_that_cannot_be_read_is_told(folder: Folder) -> None:
    with pytest.raises(UsageError, match="cannot read --sources-from /nowhere"):
        SourceOptions(sources_from="/nowhere").sources(folder)


def test_a_command_that_was_named_nothing_says_what_to_name(folder: Folder) -> None:
    with pytest.raises(UsageError, match="no SOURCE"):
        SourceOptions().sources(folder)


def test_a_filter_reads_stdin_where_it_was_named_nothing(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pidgin_cli.cli.reading.is_terminal", lambda descriptor: False)
    assert ["stdin"] == [source.name for source in SourceOptions().filtered_sources(folder)]


def test_a_filter_does_not_wait_for_a_terminal(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pidgin_cli.cli.reading.is_terminal", lambda descriptor: descriptor == STDIN
    )
    with pytest.raises(UsageError, match="stdin is a terminal"):
        SourceOptions().filtered_sources(folder)
