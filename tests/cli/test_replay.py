"""`pidgin replay`: the recorded bytes, and every option makes the difference that it names."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import Outcome, events_of, types_of

Look = Callable[[Outcome], Any]


@dataclass(frozen=True)
class Difference:
    """What is seen of a replay without an option, and with it."""

    given: Sequence[str]
    look: Look
    without: Any
    with_it: Any
    among: Sequence[str] = ("exp_1",)


def lines(outcome: Outcome) -> int:
    return outcome.out.count(b"\n")


def status(outcome: Outcome) -> int:
    return outcome.status


def agents(outcome: Outcome) -> set[str | None]:
    return {event["agent_id"] for event in outcome.events}


def turns(outcome: Outcome) -> set[int | None]:
    return {event["turn_number"] for event in outcome.events}


DIFFERENCES = {
    "--config": Difference(["--config", "elsewhere.yaml"], status, 0, 2),
    "--data-dir": Difference(["--data-dir", "other"], status, 0, 2),
    "--sources-from": Difference(["--sources-from", "names"], lines, 41, 82),
    "--type": Difference(["--type", "turn.*"], lines, 41, 2),
    "--agent": Difference(
        ["--agent", "agent_a"], agents, {None, "agent_a", "agent_b"}, {"agent_a"}
    ),
    "--turn": Difference(["--turn", "0"], turns, {None, 0}, {0}),
    "--since": Difference(["--since", "2999-01-01"], lines, 41, 0),
    "--until": Difference(["--until", "2000-01-01"], lines, 41, 0),
    "--verify": Difference(["--verify"], status, 0, 1, ["changed"]),
    "--max-ratio": Difference(["--max-ratio", "3000"], status, 1, 3, ["./bomb.gz", "--type", "a"]),
}


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return gzip.compress(b"x" * 70_000_000)


@pytest.fixture
def store(pidgin: Program, one_turn: bytes, bomb: bytes) -> bytes:
    pidgin.home.write_log("exp_1", one_turn)
    pidgin.home.write_log("changed", one_turn.replace(b"agent_a", b"agent_x", 1))
    pidgin.home.write_log("copy", one_turn)
    pidgin.home.write_log("torn", one_turn[:-20])
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    (pidgin.root / "names").write_text("copy\n")
    (pidgin.root / "bomb.gz").write_bytes(bomb)
    return one_turn


@pytest.mark.parametrize("option", sorted(set(options_of("replay")) - {"--quiet", "--speed"}))
def test_an_option_makes_the_difference_that_it_names(
    pidgin: Program, store: bytes, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An option that is new and has no row here fails.
    case = DIFFERENCES[option]
    without = pidgin("replay", *case.among)
    if option == "--config":
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
    with_it = pidgin("replay", *case.among, *case.given)
    assert (case.look(without), case.look(with_it)) == (case.without, case.with_it)
    assert case.without != case.with_it


def test_speed_is_recorded_time_or_a_multiple_of_it(pidgin: Program) -> None:
    line = b'{"type":"odd.happened","experiment_id":"slow","timestamp":%d}\n'
    pidgin.home.write_log("slow", line % 100 + line % 102)
    began = time.monotonic()
    outcome = pidgin("replay", "slow", "--speed", "4")
    assert line % 100 + line % 102 == outcome.out
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize("more", [[], ["--verify"], ["--type", "*"]])
def test_an_archive_without_any_bytes_is_damaged(pidgin: Program, more: list[str]) -> None:
    archive = pidgin.home.store / "nothing.events.jsonl.gz"
    archive.parent.mkdir(exist_ok=True)
    archive.touch()
    told = f"pidgin: {archive}: the archive is damaged: it is empty\n"
    assert pidgin("replay", "nothing", *more) == Outcome(1, b"", told)


@pytest.mark.parametrize("typed", ["0", "-1", "nan", "inf", "fast"])
def test_a_speed_that_is_none_is_refused(pidgin: Program, store: bytes, typed: str) -> None:
    outcome = pidgin("replay", "exp_1", f"--speed={typed}")
    assert (outcome.status, outcome.out) == (2, b"")
    assert outcome.err == (f"pidgin: --speed {typed!r} is no speed: write 1, 10, 0.5 or max\n")


@pytest.mark.parametrize("more", [[], ["--type", "*"], ["--speed", "1e9"], ["--verify"]])
def test_logs_and_archives_come_byte_for_byte_in_every_way(
    pidgin: Program, store: bytes, more: list[str]
) -> None:
    (pidgin.home.store / "copy.events.jsonl.gz").write_bytes(gzip.compress(store))
    pidgin.home.log("copy").unlink()
    outcome = pidgin("replay", "exp_1", "copy", *more)
    assert (outcome.status, outcome.out, outcome.err) == (0, store * 2, "")


@pytest.mark.parametrize("more", [[], ["--type", "*"]])
def test_a_torn_end_is_left_out_and_told_in_every_way(
    pidgin: Program, store: bytes, more: list[str]
) -> None:
    outcome = pidgin("replay", "torn", "exp_1", *more)
    whole = store[: store[:-20].rfind(b"\n") + 1]
    assert (outcome.status, outcome.out) == (3, whole + store)
    assert outcome.err == (f"pidgin: torn: line 41, byte {len(whole)}: the last line is torn\n")


def test_what_is_read_as_it_is_may_hold_bad_lines(pidgin: Program, store: bytes) -> None:
    assert b"bad\n" == pidgin("replay", "-", input=b"bad\n").out
    outcome = pidgin("replay", "-", "--agent", "agent_a", input=b"bad\n")
    assert (outcome.status, outcome.out) == (3, b"")


def test_a_digest_that_does_not_hold_is_told_with_its_place(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("replay", "changed", "--verify")
    last = store.rstrip(b"\n").rfind(b"\n") + 1
    assert (outcome.status, outcome.out) == (1, pidgin.home.log("changed").read_bytes())
    assert outcome.err.splitlines() == [
        f"pidgin: changed: line 41, byte {last}: the digest does not hold: the lines before it are "
        "not those that stood there when it was written",
        "pidgin: changed: no digest proves its last 41 lines",
    ]


def test_what_no_digest_proves_is_told(pidgin: Program, store: bytes) -> None:
    pidgin.home.write_log("cut", store[: store.rstrip(b"\n").rfind(b"\n") + 1])
    outcome = pidgin("replay", "cut", "--verify")
    assert (outcome.status, outcome.err) == (
        1,
        "pidgin: cut: no digest proves its last 40 lines\n",
    )


def test_turns_are_found_in_an_archive(pidgin: Program) -> None:
    log = pidgin.home.write_log("long", b"")
    log.unlink()
    events = pidgin("run", "-t", "6", "--id", "long", "--seed", "3").out
    pidgin("compress", "long", "--force")
    outcome = pidgin("replay", "long", "--turn", "2..3")
    expected = [line for line in events_of(events) if line["turn_number"] in (2, 3)]
    assert expected == outcome.events


def test_a_damaged_archive_gives_what_is_certain_then_the_next_source(
    pidgin: Program, store: bytes
) -> None:
    archive = pidgin.home.store / "copy.events.jsonl.gz"
    archive.write_bytes(gzip.compress(store)[:-200])
    pidgin.home.log("copy").unlink()
    outcome = pidgin("replay", "copy", "exp_1")
    assert (outcome.status, outcome.out[-len(store) :]) == (1, store)
    assert store.startswith(outcome.out[: -len(store)])
    assert len(outcome.out) > len(store) * 1.5
    assert outcome.err.startswith(f"pidgin: {archive}: the archive is damaged: ")


def test_replay_of_a_replay_through_a_pipe_is_the_same(pidgin: Program, store: bytes) -> None:
    assert store == pidgin("replay", "-", input=store).out
    assert "experiment.completed" == types_of(pidgin("replay", "-", input=store).out)[-1]
