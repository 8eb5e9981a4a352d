from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from pidgin_cli.config.settings import AgentSettings, PromptTables, Settings
from pidgin_cli.config.study import Matrix, PlannedIntervention
from pidgin_cli.engine.cells import Cell
from pidgin_cli.errors import ConfigError
from tests.engine.study import cells


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


def test_a_pair_that_is_given_twice_is_one_cell():
    assert len(cells(pairs=(("ada", "bob"),) * 2)) == 1
