from __future__ import annotations

from collections.abc import Iterator

import pytest

from pidgin_cli.cli.workers import Workers
from pidgin_cli.errors import PidginError


class Thing:
    """Counts how often it was prepared, and whether anything is wrong with that."""

    def __init__(self, *, breaks: bool = False) -> None:
        self.breaks = breaks
        self.prepared = 0

    def prepare(self) -> int:
        if self.breaks:
            raise PidginError("it cannot be prepared")
        self.prepared += 1
        return self.prepared

    def seen(self) -> int:
        return self.prepared


@pytest.fixture
def workers() -> Iterator[Workers]:
    started = Workers([Thing(), Thing(breaks=True)], first="prepare")
    yield started
    started.end()


def test_what_comes_first_is_done_once_and_gives_nothing(workers: Workers) -> None:
    workers.tell(0, "seen")
    workers.tell(0, "prepare")
    assert [workers.result(0), workers.result(0)] == [1, 2]


def test_what_is_wrong_with_it_the_first_call_meets_again(workers: Workers) -> None:
    workers.tell(1, "prepare")
    with pytest.raises(PidginError, match="it cannot be prepared"):
        workers.result(1)
    workers.tell(1, "seen")
    assert workers.result(1) == 0


def test_results_that_are_not_there_are_not_waited_for_unless_that_is_asked(
    workers: Workers,
) -> None:
    assert workers.take_results(waiting=False) == []
    workers.tell(1, "seen")
    assert workers.take_results() == [1]
    assert workers.result(1) == 0
