from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pidgin_cli.config.settings import AgentSettings, PromptTables, Settings
from pidgin_cli.config.study import Matrix, PlannedIntervention, Study, StudyFile
from pidgin_cli.engine.cells import Cell, Shard, plan_cells, planned_runs
from pidgin_cli.errors import ConfigError, UsageError

AGENTS: Mapping[str, AgentSettings] = {
    "ada": AgentSettings("sim:chatty"),
    "bob": AgentSettings("sim:terse", name="Robert"),
    "cid": AgentSettings("sim:echo"),
}
BASE = Study(study="demo", agents=AGENTS, pairs=(("ada", "bob"),))


def cells(settings: Settings | None = None, **changes: Any) -> list[Cell]:
    file = StudyFile("s.yaml", BASE._replace(**changes), {})
    return plan_cells(file, settings or Settings())


def refusal(**changes: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        cells(**changes)
    return str(refused.value)


def test_a_pair_is_one_cell_with_the_places_of_its_agents():
    (cell,) = cells(max_turns=4, prompts={"hi": "Hello"})
    assert (
        Cell(
            "demo",
            {"a": "ada", "b": "bob", "prompt": "hi"},
            (AgentSettings("sim:chatty", name="ada"), AgentSettings("sim:terse", name="Robert")),
            "Hello",
            4,
            "named",
            (),
            0,
        )
        == cell
    )


def test_lists_of_a_matrix_multiply_and_pairs_stand_beside_them():
    matrix = Matrix(a=("ada", "bob"), b=("cid",), temperature=(0.0, 1.0), max_turns=(2, 3))
    found = cells(matrix=matrix, prompts={"x": "X", "y": "Y"})
    assert len(found) == (1 + 2) * 2 * 2 * 2
    assert {(cell.agents[0].temperature, cell.labels["temperature"]) for cell in found} == {
        (0.0, "0"),
        (1.0, "1"),
    }
    assert Counter(cell.max_turns for cell in found) == {2: 12, 3: 12}


def test_without_pairs_all_agents_of_the_study_talk_together():
    (cell,) = cells(pairs=())
    assert {"a": "ada", "b": "bob", "c": "cid"} == cell.labels


def test_agents_of_the_configuration_and_models_can_stand_in_a_pair():
    settings = Settings(agents={"poet": AgentSettings("sim:spiral")})
    (cell,) = cells(settings, pairs=(("poet", "sim:echo"),))
    assert ["sim:spiral", "sim:echo"] == [agent.model for agent in cell.agents]


def test_an_alias_is_no_mistyped_name():
    agents = {"claude-x": AgentSettings("sim:echo")}
    (cell,) = cells(agents=agents, pairs=(("claude-x", "claude"),))
    assert ["sim:echo", "claude"] == [agent.model for agent in cell.agents]


def test_an_agent_that_talks_with_itself_has_no_name_to_be_mistaken():
    (cell,) = cells(pairs=(("ada", "ada"),))
    assert [None, None] == [agent.name for agent in cell.agents]


def test_dimensions_are_prompts_of_the_configured_tables():
    tables = PromptTables(contexts={"chat": "Talk of {topic}."}, topics={"bees": "bees"})
    (cell,) = cells(Settings(prompts=tables), dimensions=("chat:bees",))
    assert ("Talk of bees.", "chat:bees") == (cell.prompt, cell.labels["prompt"])


def test_awareness_is_a_list_like_others():
    found = cells(matrix=Matrix(awareness=("none", "basic")))
    assert [None, "You are an AI model."] == [
        cell.agents[0].system_prompt and cell.agents[0].system_prompt[:20] for cell in found
    ]


def test_an_intervention_is_for_those_who_are_there():
    found = cells(
        pairs=(("ada", "bob"), ("cid", "cid")),
        interventions=(
            PlannedIntervention(1, "All."),
            PlannedIntervention(1, "First.", target=("a",)),
            PlannedIntervention(1, "Bob.", target=("bob", "agent_b")),
            PlannedIntervention(1, "Ada.", target=("ada",)),
        ),
    )
    assert [[(each.content, each.target) for each in cell.interventions] for cell in found] == [
        [
            ("All.", ()),
            ("First.", ("agent_a",)),
            ("Bob.", ("agent_b",)),
            ("Ada.", ("agent_a",)),
        ],
        [("All.", ()), ("First.", ("agent_a",)), ("Bob.", ("agent_b",))],
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pairs": (("ada",),)}, "s.yaml: pairs.0: 1 agents: a conversation has 2 to 8"),
        ({"pairs": (("ada",) * 9,)}, "s.yaml: pairs.0: 9 agents: a conversation has 2 to 8"),
        ({"pairs": (("adda", "bob"),)}, 'pairs.0: no agent "adda": did you mean ada?'),
        ({"repeat": 100_001}, "matrix: 100001 runs: a study has at most 100000"),
        (
            {"matrix": Matrix(*[("ada",) * 50] * 4)},
            "matrix: more than 100000 casts",
        ),
        ({"pairs": (), "agents": {}}, "s.yaml: agents: 0 agents"),
        ({"matrix": Matrix(b=("ada",))}, "matrix.b: there is no a before it: add one"),
        ({"dimensions": ("debat:mind",)}, 'dimensions.0: no context "debat": there are peers'),
        ({"matrix": Matrix(awareness=("bassic",))}, "matrix.awareness: no awareness"),
        (
            {"interventions": (PlannedIntervention(0, "x", target=("agent_c",)),)},
            'interventions.0.target.0: no agent "agent_c": did you mean agent_',
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_with_its_place(changes: dict[str, Any], said: str):
    assert said in refusal(**changes)


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
    assert ("demo-49462a40fb-1", 195584073132550301) == (run.experiment_id, run.seed)


def test_a_pair_that_is_given_twice_is_one_cell():
    assert len(cells(pairs=(("ada", "bob"),) * 2)) == 1


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
    assert all(0 <= run.seed < 2**63 for run in runs)


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
