from __future__ import annotations

from pathlib import Path

import pytest

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
