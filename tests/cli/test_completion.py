from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Program

COMPLETIONS = Path(__file__).parent.parent.parent / "completions"


@pytest.mark.parametrize(
    ("shell", "file"), [("bash", "pidgin.bash"), ("zsh", "_pidgin"), ("fish", "pidgin.fish")]
)
def test_the_completion_of_a_shell_is_printed_as_it_was_shipped(
    pidgin: Program, shell: str, file: str
) -> None:
    outcome = pidgin("completion", shell)
    assert (outcome.status, outcome.out) == (0, (COMPLETIONS / file).read_bytes())


def test_a_shell_that_is_not_known_is_refused(pidgin: Program) -> None:
    outcome = pidgin("completion", "csh")
    assert (outcome.status, outcome.out) == (2, b"")
    assert "'csh' is not one of" in outcome.err
