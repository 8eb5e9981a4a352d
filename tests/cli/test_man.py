from __future__ import annotations

from pathlib import Path

import pytest

from pidgin_cli.cli import paging
from tests.cli.conftest import Program

MAN = Path(__file__).parent.parent.parent / "man"


@pytest.mark.parametrize(
    ("page", "file"),
    [([], "pidgin.1"), (["run"], "pidgin-run.1"), (["pidgin-tail"], "pidgin-tail.1")],
)
def test_a_page_is_printed_as_it_was_shipped(pidgin: Program, page: list[str], file: str) -> None:
    outcome = pidgin("man", *page)
    assert (outcome.status, outcome.out) == (0, (MAN / file).read_bytes())


def test_a_page_that_is_not_there_is_told_with_those_that_are(pidgin: Program) -> None:
    outcome = pidgin("man", "transcrit")
    assert (outcome.status, outcome.out) == (2, b"")
    assert "no page 'transcrit'; did you mean transcript? there are pidgin-" in outcome.err
    assert "generate" not in outcome.err


def test_a_person_who_has_no_man_is_shown_the_page_as_text(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "is_terminal", lambda descriptor: True)
    monkeypatch.setenv("PATH", "")
    outcome = pidgin("man", "rm")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith(b"PIDGIN-RM(1): User Commands")
    assert b"\n       --dry-run\n              Only show what would go.\n" in outcome.out


def test_a_page_as_text_is_shown_by_the_readers_own_pager(
    pidgin: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = pidgin.root / "bin"
    folder.mkdir()
    pager = folder / "pager"
    pager.write_text('#!/bin/sh\necho "$1"\nread -r line\necho "$line"\n')
    pager.chmod(0o755)
    monkeypatch.setattr(paging, "is_terminal", lambda descriptor: True)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("PAGER", "pager -R")
    assert b"-R\nPIDGIN-RM(1): User Commands" == pidgin("man", "rm").out[:30]
