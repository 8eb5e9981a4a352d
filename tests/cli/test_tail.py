"""`pidgin tail`: every option makes a difference, and it is the one that it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Outcome, types_of

Look = Callable[[Outcome], Any]


@dataclass(frozen=True)
class Difference:
    """What is seen of a tail without an option, and with it."""

    given: Sequence[str]
    look: Look
    without: Any
    with_it: Any
    among: Sequence[str] = ("--no-follow",)


def lines(outcome: Outcome) -> int:
    return outcome.out.count(b"\n")


def is_jsonl(outcome: Outcome) -> bool:
    return outcome.out.startswith(b'{"v":1,')


def status(outcome: Outcome) -> int:
    return outcome.status


DIFFERENCES = {
    "--config": Difference(["--config", "elsewhere.yaml"], lines, 10, 0),
    "--data-dir": Difference(["--data-dir", "other"], lines, 10, 0),
    "--lines": Difference(["--lines", "3"], lines, 10, 3),
    "--format": Difference(["--format", "text"], is_jsonl, True, False),
    "--color": Difference(
        ["--color", "always"],
        lambda outcome: b"\x1b[" in outcome.out,
        False,
        True,
        ("exp_1", "--no-follow", "--format", "text"),
    ),
    "--quiet": Difference(
        ["--quiet"],
        lambda outcome: outcome.err,
        "pidgin: crashed crashed: its log ends without a last word\n",
        "",
        ("crashed",),
    ),
    "--type": Difference(["--type", "turn.*"], lines, 10, 2),
    "--agent": Difference(["--agent", "agent_c"], lines, 10, 0),
    "--turn": Difference(["--turn", "5.."], lines, 10, 0),
    "--since": Difference(["--since", "2100-01-01"], lines, 10, 0),
    "--until": Difference(["--until", "2000-01-01"], lines, 10, 0),
    "--wait": Difference(
        ["--wait"],
        lambda outcome: "no experiment" in outcome.err,
        True,
        False,
        ("later", "--no-follow"),
    ),
    "--exit-status": Difference(["--exit-status"], status, 0, 1, ("crashed",)),
    "--cursor-file": Difference(["--cursor-file", "cursor"], lines, 10, 42),
    "--alert": Difference(["--alert", "turn.*"], status, 2, 0, ("--no-follow", "--exec", "true")),
    "--exec": Difference(["--exec", "true"], status, 2, 0, ("--no-follow", "--alert", "turn.*")),
    # Without it, stdin is passed on whole as it comes.
    "--no-follow": Difference(["--no-follow"], lines, 40, 10, ("-",)),
    "--follow": Difference(["--follow"], lines, 10, 40, ("-", "--no-follow")),
}


@pytest.fixture
def store(pidgin: Program, one_turn: bytes) -> bytes:
    pidgin.home.write_log("exp_1", one_turn)
    first = one_turn.split(b"\n")[0].replace(b"exp_1", b"crashed") + b"\n"
    pidgin.home.write_log("crashed", first)
    (pidgin.root / "cursor").write_text('{"logs":{}}')
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    return one_turn


@pytest.mark.parametrize("option", sorted(set(options_of("tail"))))
def test_an_option_makes_the_difference_that_it_names(
    pidgin: Program, store: bytes, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An option that is new and has no row here fails.
    case = DIFFERENCES[option]
    if option in ("--config", "--data-dir"):
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
        (pidgin.root / ".pidgin_data").mkdir()
        pidgin.home.store.rename(pidgin.root / ".pidgin_data" / "events")
    stdin = b"".join(store.splitlines(keepends=True)[:20] * 2)
    without = pidgin("tail", *case.among, input=stdin)
    with_it = pidgin("tail", *case.among, *case.given, input=stdin)
    assert (case.look(without), case.look(with_it)) == (case.without, case.with_it)
    assert case.without != case.with_it


def test_f_follows_as_people_type_it(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("tail", "-f", "exp_1", "-n", "all")
    assert (outcome.status, outcome.out) == (0, store)


def test_a_source_that_is_ambiguous_is_refused_with_the_candidates(
    pidgin: Program, store: bytes
) -> None:
    pidgin.home.write_log("exp_2", store)
    outcome = pidgin("tail", "exp_", "--no-follow")
    assert (outcome.status, outcome.err) == (2, "pidgin: 'exp_' could mean exp_1, exp_2\n")


def test_a_group_of_one_can_be_followed_and_one_of_several_cannot(pidgin: Program) -> None:
    pidgin.events("-t", "1", "--group", "one", "--id", "a")
    pidgin.events("-t", "1", "--group", "two", "-r", "2", "--id", "b")
    assert types_of(pidgin("tail", "group:one").out)[-1] == "experiment.completed"
    outcome = pidgin("tail", "group:two")
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err == (
        "pidgin: 'group:two' means 2 experiments; tail follows one, or all of them\n"
    )


def test_an_id_goes_before_those_that_it_begins(pidgin: Program, store: bytes) -> None:
    pidgin.home.write_log("exp_10", store.replace(b"exp_1", b"exp_10"))
    assert pidgin("tail", "exp_1", "-n", "all").out == store


@pytest.mark.parametrize("count", ["9" * 18, "9" * 19, "9" * 5000])
def test_more_events_than_there_can_be_are_all_of_them(
    pidgin: Program, one_turn: bytes, count: str
) -> None:
    pidgin.home.write_log("exp_1", one_turn)
    assert pidgin("tail", "exp_1", "--no-follow", "-n", count).out == one_turn
    assert pidgin("tail", "-", "--no-follow", "-n", count, input=one_turn).out == one_turn
