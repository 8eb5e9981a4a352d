"""`pidgin conduct`: what can be typed. What it does to a run is in tests/pipes/test_conduct.py."""

from __future__ import annotations

import pytest

from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.inbox import Inbox
from tests.cli.conftest import Program

WORDS = ["exp_1", "inject", "Hi"]


@pytest.fixture
def running(pidgin: Program, one_turn: bytes):
    """An experiment exp_1 whose lock is held."""
    pidgin.home.write_log("exp_1", b"".join(one_turn.splitlines(True)[:5]))
    with EventStore(Folder(pidgin.home.store)) as store:
        store.resume("exp_1")
        yield Inbox(Folder(pidgin.home.store), "exp_1")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["exp_1"], "write SOURCE and then one of pause, resume, stop, interrupt, inject"),
        (["pause"], "write SOURCE and then one of"),
        (["exp_1", "puase"], "did you mean pause?"),
        (["exp_1", "inject"], "behind inject stands one TEXT"),
        (["exp_1", "inject", "Two", "words"], "behind inject stands one TEXT"),
        (["exp_1", "inject", ""], "there are no words to inject"),
        (["exp_1", "pause", "now"], "are for inject, and not for pause"),
        (["exp_1", "stop", "--source", "system"], "are for inject, and not for stop"),
        (["exp_1", "stop", "--target", "agent_a"], "are for inject, and not for stop"),
        ([*WORDS, "--target", "Carl"], "has no agent 'Carl': there are agent_a, agent_b"),
        ([*WORDS, "--source", "god"], "--source"),
        (["nobody", "pause"], "no experiment 'nobody'"),
    ],
)
def test_what_means_nothing_is_refused(
    pidgin: Program, running: Inbox, typed: list[str], words: str
) -> None:
    done = pidgin("conduct", *typed)
    assert (done.status, words in done.err) == (2, True)
    assert running.take() == []


@pytest.mark.parametrize(
    ("more", "source", "target"),
    [
        ([], "human", None),
        (["--source", "mediator"], "mediator", None),
        (["--target", "agent_b"], "human", ("agent_b",)),
        (["--target", "agent_b", "--target", "agent_a"], "human", ("agent_b", "agent_a")),
    ],
)
def test_an_option_makes_the_difference_that_it_names(
    pidgin: Program, running: Inbox, more: list[str], source: str, target: tuple[str, ...] | None
) -> None:
    assert pidgin("conduct", *WORDS, *more).status == 0
    (request,) = running.take()
    assert (request.act, request.content) == ("inject", "Hi")
    assert (request.source, request.target) == (source, target)


def test_words_come_from_stdin(pidgin: Program, running: Inbox) -> None:
    assert pidgin("conduct", "exp_1", "inject", "-", input=b"One.\n\nTwo.\n").status == 0
    assert [each.content for each in running.take()] == ["One.\n\nTwo."]


def test_words_that_are_not_utf_8_are_refused(pidgin: Program, running: Inbox) -> None:
    done = pidgin("conduct", "exp_1", "inject", "-", input=b"\xff")
    assert (done.status, "is not UTF-8: byte 0 is 0xff" in done.err) == (2, True)


def test_where_nothing_runs_all_is_told_so(pidgin: Program, one_turn: bytes) -> None:
    pidgin.home.write_log("exp_1", one_turn)
    done = pidgin("conduct", "all", "stop")
    assert (done.status, "nothing that all means is running" in done.err) == (1, True)
