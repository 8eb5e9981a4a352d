from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.settings import AgentSettings
from pidgin_cli.config.study import Matrix, PlannedIntervention
from pidgin_cli.engine.cells import Cell, Shard, planned_runs
from pidgin_cli.errors import UsageError
from tests.engine.study import AGENTS, cells


def ids(found: list[Cell]) -> set[str]:
    return {cell.run(1).experiment_id for cell in found}


def test_ids_do_not_depend_on_where_things_stand():
    one = cells(pairs=(("ada", "bob"), ("bob", "cid")), prompts={"x": "X", "y": "Y"})
    other = cells(
        agents=dict(reversed(AGENTS.items())),
        pairs=(("bob", "cid"), ("ada", "bob")),
        prompts={"y": "Y", "x": "X"},
    )
    assert ids(one) == ids(other)
    assert len(ids(one)) == 4


def test_what_is_added_to_a_study_leaves_the_ids_of_the_rest():
    assert ids(cells()) < ids(cells(pairs=(("cid", "cid"), ("ada", "bob"))))


@pytest.mark.parametrize(
    "changes",
    [
        {"study": "other"},
        {"agents": {**AGENTS, "ada": AgentSettings("sim:chatty", temperature=0.0)}},
        {"prompts": {"x": "X"}},
        {"max_turns": 3},
        {"order": "round_robin"},
        {"seed": 1},
        {"interventions": (PlannedIntervention(1, "Now."),)},
    ],
)
def test_another_setting_makes_another_id(changes: dict[str, Any]):
    assert ids(cells()).isdisjoint(ids(cells(**changes)))


@pytest.mark.parametrize("changes", [{"repeat": 9}, {"agents": {**AGENTS, "new": AGENTS["ada"]}}])
def test_what_is_no_setting_of_a_cell_leaves_its_id(changes: dict[str, Any]):
    assert ids(cells()) == ids(cells(**changes))


def test_an_id_is_the_same_in_every_version():
    run = cells()[0].run(1)
    assert ("demo-49462a40fb-1", 728607450) == (run.experiment_id, run.seed)


def test_runs_go_repetition_by_repetition_in_a_seeded_order():
    found = cells(pairs=(), matrix=Matrix(a=tuple(AGENTS), b=tuple(AGENTS)))
    runs = planned_runs(found, 3)
    assert [run.repetition for run in runs] == [1] * 9 + [2] * 9 + [3] * 9
    first, second = ([run.cell.key for run in runs[n : n + 9]] for n in (0, 9))
    assert sorted(first) == sorted(second)
    assert first != second
    assert runs == planned_runs(list(reversed(found)), 3)


def test_every_run_has_a_seed_of_its_own():
    runs = planned_runs(cells(pairs=(("ada", "bob"), ("bob", "cid"))), 50)
    assert len({run.seed for run in runs}) == 100
    assert all(0 <= run.seed < 2**32 for run in runs)


@given(st.integers(1, 30), st.integers(1, 8))
def test_shards_together_are_the_study_and_none_is_in_two(repeat: int, count: int):
    found = cells(pairs=(("ada", "bob"), ("bob", "cid"), ("cid", "ada")))
    shards = [planned_runs(found, repeat, Shard(n, count)) for n in range(1, count + 1)]
    everything = [run.experiment_id for shard in shards for run in shard]
    whole = [run.experiment_id for run in planned_runs(found, repeat)]
    assert sorted(everything) == sorted(whole)
    assert len(set(whole)) == 3 * repeat
    sizes = {len(shard) for shard in shards}
    assert max(sizes) - min(sizes) <= 1


def test_a_shard_is_one_of_several():
    assert Shard(2, 3) == Shard.parse("2/3")


@pytest.mark.parametrize("text", ["", "1", "0/2", "3/2", "-1/2", "1/2/3", "a/b", "1/"])
def test_what_is_no_shard_is_refused(text: str):
    with pytest.raises(UsageError, match="is not I/N"):
        Shard.parse(text)
