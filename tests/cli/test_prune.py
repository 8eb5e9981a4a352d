"""`pidgin prune`: the oldest go, as far as limits say, and nothing that runs."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

import pytest

from tests.cli.conftest import Program
from tests.cli.options import options_of
from tests.pipes.processes import events_of

DAY = 86_400
OPTIONS: dict[str, Sequence[str]] = {
    "--config": ["--config", "elsewhere.yaml"],
    "--data-dir": ["--data-dir", "other"],
    "--quiet": ["--quiet"],
    "--older-than": ["--older-than", "300d"],
    "--keep-size": ["--keep-size", "0B"],
    "--state": ["--state", "crashed"],
    "--dry-run": ["--dry-run"],
}
ALL = ["crashed", "new", "old", "older", "other"]


@pytest.fixture
def store(pidgin: Program, one_turn: bytes) -> bytes:
    """A store of experiments 400, 200, 100, 100 and 0 days old, the last but one from elsewhere."""

    def aged(log: bytes, days: float) -> bytes:
        stamp = time.time() - days * DAY
        return re.sub(rb'"timestamp":[0-9.]+', f'"timestamp":{stamp}'.encode(), log)

    first = one_turn.split(b"\n")[0] + b"\n"
    pidgin.home.write_log("older", aged(one_turn, 400))
    pidgin.home.write_log("old", aged(one_turn, 200))
    pidgin.home.write_log("crashed", aged(first, 100))
    pidgin.home.write_log("other", aged(first.replace(b'"boot":"', b'"boot":"x'), 100))
    pidgin.home.write_log("new", aged(one_turn, 0))
    (pidgin.root / "elsewhere.yaml").write_text("events: {storage: {data_dir: other}}\n")
    return one_turn


@pytest.mark.parametrize("option", sorted(set(options_of("prune")) - {"--force"}))
def test_an_option_makes_a_difference(
    pidgin: Program, store: bytes, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An option that is new and has no row here fails.
    saved = {path: path.read_bytes() for path in pidgin.home.store.iterdir()}
    without = (pidgin("prune", "--older-than", "90d", "--force"), sorted(pidgin.home.logs()))
    for path, data in saved.items():
        path.write_bytes(data)
    if option == "--config":
        # The variable goes before the file.
        monkeypatch.delenv("PIDGIN_DATA_DIR")
    given = ["prune", "--older-than", "90d", "--force", *OPTIONS[option]]
    assert without != (pidgin(*given), sorted(pidgin.home.logs()))


def test_old_ones_go_and_what_may_run_elsewhere_stays(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("prune", "--older-than", "90d", "--force")
    assert (outcome.status, sorted(pidgin.home.logs())) == (0, ["new", "other"])
    assert outcome.err.startswith("pidgin: removed 3 experiments, ")


def test_the_oldest_go_until_no_more_is_left_than_may_be(pidgin: Program, store: bytes) -> None:
    logs = pidgin.home.logs()
    kept = sum(map(len, logs.values())) - len(logs["older"])
    pidgin("prune", "--keep-size", f"{kept}B", "--force")
    assert ["crashed", "new", "old", "other"] == sorted(pidgin.home.logs())


def test_states_limit_what_goes_and_ask_for_what_may_run_elsewhere(
    pidgin: Program, store: bytes
) -> None:
    pidgin("prune", "--older-than", "90d", "--state", "unknown,crashed", "--force")
    assert ["new", "old", "older"] == sorted(pidgin.home.logs())
    assert 2 == pidgin("prune", "--older-than", "90d", "--state", "gone", "--force").status


def test_what_would_go_is_shown_oldest_first(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("prune", "--older-than", "90d", "--dry-run")
    assert ["older", "old", "crashed"] == [row["id"] for row in events_of(outcome.out)]
    assert (outcome.status, ALL) == (0, sorted(pidgin.home.logs()))


def test_without_a_limit_or_somebody_to_ask_nothing_goes(pidgin: Program, store: bytes) -> None:
    assert 2 == pidgin("prune", "--force").status
    assert 2 == pidgin("prune", "--older-than", "90d").status
    assert 2 == pidgin("prune", "--older-than", "long", "--force").status
    assert 2 == pidgin("prune", "--keep-size", "much", "--force").status
    assert sorted(pidgin.home.logs()) == ALL


def test_where_nothing_is_too_much_nobody_is_asked(pidgin: Program, store: bytes) -> None:
    outcome = pidgin("prune", "--older-than", "900d")
    assert (outcome.status, outcome.err) == (0, "")


def test_archives_are_as_old_as_their_last_event(pidgin: Program, store: bytes) -> None:
    pidgin("compress", "--quiet")
    pidgin("prune", "--older-than", "300d", "--force")
    listed = [row["id"] for row in events_of(pidgin("list").out)]
    assert ["crashed", "new", "old", "other"] == sorted(listed)


def test_what_runs_stays_however_much_there_is(pidgin: Program, store: bytes) -> None:
    home = pidgin.home
    with home.start("run", "-a", "sim:chatty,pace=5", "--id", "live", "-t", "50") as live:
        assert live.stdout is not None
        live.stdout.readline()
        outcome = pidgin("prune", "--keep-size", "0B", "--force")
        live.terminate()
        live.communicate(timeout=60)
    assert (outcome.status, sorted(home.logs())) == (0, ["live", "other"])
