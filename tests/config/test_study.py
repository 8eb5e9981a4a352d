from __future__ import annotations

from pathlib import Path

import pytest

from pidgin_cli.config.settings import AgentSettings, LimitSettings
from pidgin_cli.config.study import (
    Budget,
    Matrix,
    PlannedIntervention,
    Study,
    StudyFile,
    coordinates,
    load_study,
)
from pidgin_cli.errors import ConfigError

WHOLE = """\
study: demo
agents:
  critic: {model: gpt, temperature: 0}
pairs:
  - [critic, claude]
  - [critic, claude, gemini]
matrix:
  a: [critic, claude]
  b: gemini
  temperature: [0, 0.5]
  thinking: [true, false]
repeat: 3
seed: 42
prompts: {intro: Hello}
dimensions: [debate:language]
max_turns: 5
order: round_robin
limits: {tokens: 1000}
interventions:
  - {turn: 2, content: More., target: [a, critic]}
  -
    turn: 3
    source: system
    content: Less.
budget: {cost_usd: 4, tokens: 100000, time: 1h30m}
"""


def study(tmp_path: Path, text: str) -> StudyFile:
    path = tmp_path / "s.yaml"
    path.write_text(text)
    return load_study(path)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        study(tmp_path, text)
    return str(refused.value).removeprefix(f"{tmp_path}/")


def test_a_study_is_read_whole(tmp_path: Path):
    assert (
        Study(
            study="demo",
            agents={"critic": AgentSettings("gpt", temperature=0.0)},
            pairs=(("critic", "claude"), ("critic", "claude", "gemini")),
            matrix=Matrix(
                a=("critic", "claude"),
                b=("gemini",),
                temperature=(0.0, 0.5),
                thinking=(True, False),
            ),
            repeat=3,
            seed=42,
            prompts={"intro": "Hello"},
            dimensions=("debate:language",),
            max_turns=5,
            order="round_robin",
            limits=LimitSettings(tokens=1000),
            interventions=(
                PlannedIntervention(2, "More.", target=("a", "critic")),
                PlannedIntervention(3, "Less.", "system"),
            ),
            budget=Budget(4.0, 100_000, 5400.0),
        )
        == study(tmp_path, WHOLE).study
    )


@pytest.mark.parametrize(
    ("key", "line"),
    [("pairs.1", 6), ("matrix.b", 9), ("interventions.1", 22), ("agents.critic", 3), ("x", None)],
)
def test_a_study_knows_where_each_of_its_values_stands(tmp_path: Path, key: str, line: int | None):
    name = f"{tmp_path}/s.yaml"
    assert (f"{name}:{line}" if line else name) == study(tmp_path, WHOLE).origin(key)


def test_a_matrix_has_the_lists_that_have_something_in_them():
    assert {"a": ("x",), "top_p": (0.5,)} == coordinates(Matrix(a=("x",), top_p=(0.5,)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("repeat: 2", "s.yaml: the study has no name: add study: NAME"),
        ("study: a/b", 's.yaml:1: study: "a/b" is not a name: 1 to 64 letters'),
        ("study: d\nagnts: {}", "s.yaml:2: unknown key agnts: did you mean agents?"),
        ("study: d\nrepeat: 0", "s.yaml:2: repeat: 0 is not a whole number of at least 1"),
        ("study: d\nmax_turns: 1000001", "s.yaml:2: max_turns: 1000001 is not a whole number from"),
        ("study: d\nmatrix: {max_turns: [5, 0]}", "s.yaml:2: matrix.max_turns.1: 0 is not a whole"),
        ("study: d\nmatrix: {max_tokens: 0}", "s.yaml:2: matrix.max_tokens.0: 0 is not a whole"),
        ("study: d\npairs: []", "s.yaml:2: pairs: a list is not a list with something in it"),
        ("study: d\npairs: {a: b}", "s.yaml:2: pairs: a mapping is not a list with something"),
        ("study: d\npairs: [[a, 3]]", "s.yaml:2: pairs.0.1: 3 is not text"),
        ("study: d\nmatrix:\n  temprature: 1", "s.yaml:3: unknown key matrix.temprature: did you"),
        ("study: d\nmatrix:\n  temperature: [hot]", 's.yaml:3: matrix.temperature.0: "hot" is not'),
        (
            "study: d\ninterventions:\n  - turn: 1\n    conten: x",
            "s.yaml:3: interventions.0 has no content: add one",
        ),
        (
            "study: d\ninterventions:\n  - turn: 1\n    content: x\n    sourc: human",
            "s.yaml:5: unknown key interventions.0.sourc: did you mean source?",
        ),
        (
            "study: d\ninterventions:\n  - {turn: -1, content: x}",
            "s.yaml:3: interventions.0.turn: -1 is not the number of a turn",
        ),
        ("study: d\ninterventions: [x]", 's.yaml:2: interventions.0: "x" is not a mapping'),
        ("study: d\nbudget: {time: soon}", 's.yaml:2: budget.time: "soon" is not a length of time'),
        ("study: d\nbudget: {tokens: 0}", "s.yaml:2: budget.tokens: 0 is not a whole number"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_nearest_name(
    tmp_path: Path, text: str, said: str
):
    assert refusal(tmp_path, text).startswith(said)


def test_a_file_that_is_not_there_is_told_of(tmp_path: Path):
    with pytest.raises(
        ConfigError, match="No such file or directory: see what the command line names"
    ):
        load_study(tmp_path / "none.yaml")
