"""The inbox of a running experiment: what is posted arrives once, and nothing is torn."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pidgin_cli.store import inbox as inbox_module
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.inbox import Inbox, NotRunningError, Request, post


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "events")


@pytest.fixture
def running(folder: Folder) -> Iterator[EventStore]:
    with EventStore(folder) as store:
        store.begin("exp_1")
        yield store


def size(folder: Folder) -> int:
    return folder.control("exp_1").stat().st_size


@pytest.mark.usefixtures("running")
class TestRunning:
    def test_what_is_posted_is_taken_once_and_in_order(self, folder: Folder) -> None:
        inbox = Inbox(folder, "exp_1")
        asked = [Request("pause"), Request("inject", "Hi", "mediator", ("agent_b",))]
        for request in asked:
            post(folder, "exp_1", request)
        assert [*inbox.take(), *inbox.take()] == asked

    def test_it_is_emptied_when_it_was_read(self, folder: Folder) -> None:
        inbox = Inbox(folder, "exp_1")
        post(folder, "exp_1", Request("pause"))
        inbox.take()
        assert (size(folder), inbox.is_quiet) == (0, True)

    def test_words_stay_in_it_until_they_are_recorded(self, folder: Folder) -> None:
        inbox, words = Inbox(folder, "exp_1"), Request("inject", "Hi")
        post(folder, "exp_1", words)
        inbox.take()
        assert Inbox(folder, "exp_1").take() == [words]
        assert inbox.done(words.id)
        inbox.take()
        assert size(folder) == 0

    def test_what_a_killed_writer_left_is_cut_off_before_the_next_line(
        self, folder: Folder
    ) -> None:
        post(folder, "exp_1", Request("inject", "One"))
        with folder.control("exp_1").open("ab") as file:
            file.write(b'{"id":"x","act":"inj' * 10_000)
        post(folder, "exp_1", Request("inject", "Two"))
        assert [each.content for each in Inbox(folder, "exp_1").take()] == ["One", "Two"]

    @pytest.mark.parametrize(
        "line", [b"no JSON\n", b"[1]\n", b'{"act":"explode"}\n', b"\n", b"\xff\n", b'{"act":1}\n']
    )
    def test_what_is_no_request_is_left_out(self, folder: Folder, line: bytes) -> None:
        folder.control("exp_1").write_bytes(line)
        post(folder, "exp_1", Request("pause"))
        assert [each.act for each in Inbox(folder, "exp_1").take()] == ["pause"]

    def test_it_is_for_its_owner_alone(self, folder: Folder) -> None:
        post(folder, "exp_1", Request("pause"))
        assert folder.control("exp_1").stat().st_mode & 0o777 == 0o600

    def test_no_symlink_is_followed(self, folder: Folder, tmp_path: Path) -> None:
        (tmp_path / "precious").write_text("precious")
        folder.control("exp_1").symlink_to(tmp_path / "precious")
        with pytest.raises(Exception, match="cannot open"):
            post(folder, "exp_1", Request("pause"))
        assert (tmp_path / "precious").read_text() == "precious"

    def test_closing_while_another_runs_it_takes_nothing_away(self, folder: Folder) -> None:
        post(folder, "exp_1", Request("pause"))
        Inbox(folder, "exp_1").close()
        assert folder.control("exp_1").exists()


def test_what_came_too_late_is_given_and_the_inbox_is_gone(
    folder: Folder, running: EventStore
) -> None:
    inbox, late = Inbox(folder, "exp_1"), Request("stop")
    post(folder, "exp_1", late)
    running.release("exp_1")
    assert inbox.close() == [late]
    assert not folder.control("exp_1").exists()


def test_nothing_can_be_posted_to_what_does_not_run(folder: Folder, running: EventStore) -> None:
    running.release("exp_1")
    with pytest.raises(NotRunningError):
        post(folder, "exp_1", Request("pause"))
    assert os.listdir(folder.root) == []


@pytest.mark.usefixtures("running")
def test_a_writer_that_was_suspended_holds_no_run_up(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_module, "PATIENCE", 0.01)
    inbox = Inbox(folder, "exp_1")
    post(folder, "exp_1", Request("pause"))
    with folder.control("exp_1").open("ab") as suspended:
        fcntl.flock(suspended, fcntl.LOCK_EX)
        assert inbox.take() == []
    assert [each.act for each in inbox.take()] == ["pause"]
