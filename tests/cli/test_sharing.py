from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

import pytest

from pidgin_cli.cli.sharing import SharedRedact
from pidgin_cli.errors import PidginError
from pidgin_cli.events.lines import split_lines, whole_lines
from pidgin_cli.filters.redact import Redact, RedactOptions
from pidgin_cli.filters.redaction.taking import Bad, Seen
from pidgin_cli.processes.cores import cores
from tests.filters.redaction.planted import planted
from tests.filters.redaction.planted_events import cuts_of, line, planted_deltas
from tests.filters.redaction.redacting import CONTENT, FAMILIAR, all_good, heedless, redactor
from tests.pipes.processes import seal_in, seal_of

pytestmark = pytest.mark.skipif(cores() < 2, reason="there is one processor only")

Given = tuple[bytes, list[Bad]]


def of(experiment_id: str) -> Iterator[bytes]:
    """Give the lines of an experiment: secrets cut across deltas, bad lines, and an open end."""
    random = Random(experiment_id)
    named = f'"experiment_id":"{experiment_id}"'.encode()
    for each in random.sample(list(planted()), 12):
        cuts = random.choice(list(cuts_of(each, random, most=2)))
        for each_line in planted_deltas(each, cuts).lines.splitlines(keepends=True):
            yield each_line.replace(b'"experiment_id":"exp_001"', named)
        yield random.choice((b"\n", b"nonsense\n", b'{"experiment_id":"a"\n', b"", b""))
        yield line("turn.completed", {}, experiment_id=experiment_id)
        yield line("x", {"said": each.text}, v=2).replace(b'"experiment_id":"exp_001"', named)
    yield line("experiment.completed", {"events": 1}, experiment_id=experiment_id)
    for index, delta in enumerate(("what ", "ends ", "here is ghp_Lv9Ncz")):
        data = {"response": 900, "index": index, "delta": delta}
        yield line("response.streaming", data, experiment_id=experiment_id)


def mixed(experiments: Iterable[str], longest: int) -> bytes:
    """Give the lines of experiments, so many at most of each before others come."""
    random = Random(7)
    left = {experiment: list(of(experiment)) for experiment in experiments}
    given: list[bytes] = []
    while left:
        experiment = random.choice(sorted(left))
        count = random.randint(1, longest)
        given += left[experiment][:count]
        del left[experiment][:count]
        if not left[experiment]:
            del left[experiment]
    return b"".join(given)


def blocks_of(data: bytes, size: int) -> Iterator[bytes]:
    """Give whole lines that come from reads of this size."""
    return whole_lines(data[start : start + size] for start in range(0, len(data), size))


def through(redact: Redact | SharedRedact, data: bytes, size: int) -> Given:
    bad: list[Bad] = []
    size_before = lines_before = 0

    def tell(seen: Seen) -> None:
        nonlocal size_before, lines_before
        for each in seen.bad:
            place, number = size_before + each.place, lines_before + each.line
            bad.append(each._replace(place=place, line=number))
        size_before += seen.size
        lines_before += seen.lines

    given = [piece for block in blocks_of(data, size) for piece in redact.lines(block, tell)]
    given += redact.rest()
    return b"".join(given), bad


@pytest.mark.parametrize("options", [CONTENT, FAMILIAR], ids=["content", "patterns"])
@pytest.mark.parametrize(
    ("longest", "size"), [(1, 100_000), (4, 700), (1000, 3000)], ids=["mixed", "cut", "in turn"]
)
def test_several_processes_give_what_one_gives(
    options: RedactOptions, longest: int, size: int
) -> None:
    data = mixed(("exp_a", "exp_b", "c", "d"), longest) + b'{"torn'
    expected = through(redactor(options), data, size)
    with SharedRedact(redactor(options)) as shared:
        assert through(shared, data, size) == expected
    assert len(expected[1]) > 5


@pytest.mark.parametrize("size", [700, 100_000])
def test_a_seal_that_held_holds_again(size: int) -> None:
    log = b"".join(line("turn.started", {}, id=f"9f2c41d07be35a68-{n:06}") for n in range(40))
    log += line("experiment.completed", {"reason": "max_turns", **seal_of(log + b"{}")})
    with SharedRedact(redactor(CONTENT)) as shared:
        given, _ = through(shared, log, size)
    assert seal_in(given) == seal_of(given)


def test_no_more_is_taken_in_than_is_given_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pidgin_cli.cli.sharing.SLOTS", 3)
    data = mixed(("exp_a", "exp_b"), 5)
    taken, given = 0, 0
    with SharedRedact(redactor(CONTENT)) as shared:
        for each in split_lines([data]):
            taken += 1
            given += sum(1 for _ in shared.lines(each, heedless))
            assert taken - given <= 3
        list(shared.rest())


def test_who_has_done_its_part_does_the_next_experiment_though_nothing_was_given_yet(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    go = tmp_path / "go"

    def lines(
        redact: Redact, block: bytes, tell: Callable[[Seen], None], canonical: int
    ) -> list[bytes]:
        tell(Seen(len(block), canonical, []))
        while b"slow" in block and not go.exists():
            time.sleep(0.001)
        return [b"%d\n" % os.getpid()]

    monkeypatch.setattr("pidgin_cli.cli.sharing.cores", lambda: 2)
    monkeypatch.setattr(Redact, "lines", lines)
    with SharedRedact(redactor(CONTENT)) as shared:
        for experiment_id, count in (("slow", 1), ("long", 2)):
            taken = line("turn.started", {}, experiment_id=experiment_id) * count
            assert list(shared.lines(taken, all_good)) == []
        assert shared._take_results() == [1]
        assert list(shared.lines(line("x", {}, experiment_id="next"), all_good)) == []
        go.touch()
        slow, long, following = shared.rest()
    assert slow != long == following


def test_a_block_that_is_too_long_for_what_is_shared_is_redacted_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pidgin_cli.cli.sharing.SLOT", 500)
    data = mixed(("exp_a", "exp_b", "c"), 2)
    with SharedRedact(redactor(FAMILIAR)) as shared:
        assert through(shared, data, 700) == through(redactor(FAMILIAR), data, 700)


@pytest.mark.parametrize("when", ["lines", "rest"])
def test_a_worker_that_is_gone_is_an_error(when: str) -> None:
    data = mixed(("exp_a", "exp_b", "c"), 3)
    with SharedRedact(redactor(CONTENT)) as shared:
        if when == "rest":
            list(shared.lines(data, heedless))
        shared.workers.end()
        with pytest.raises(PidginError, match="a worker process ended"):
            through(shared, data, 700)


def test_what_goes_wrong_in_a_worker_is_an_error_without_a_word_of_the_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> Callable[[], None]:
        raise ValueError("the secret")

    monkeypatch.setattr(Redact, "lines", fail)
    with (
        SharedRedact(redactor(CONTENT)) as shared,
        pytest.raises(PidginError, match=r"^internal error: ValueError in a worker process$"),
    ):
        through(shared, line("turn.started", {}), 700)
