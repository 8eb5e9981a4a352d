"""A study multiplied out into its cells, with messages that say where something does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from pidgin_cli.config.catalogue import load_catalogue
from pidgin_cli.config.nearest import nearest
from pidgin_cli.config.prompts import (
    DEFAULT_PROMPT,
    aware_agents,
    dimensional_prompt,
    prompt_tables,
)
from pidgin_cli.config.settings import AgentSettings, Settings
from pidgin_cli.config.study import (
    SLOTS,
    PlannedIntervention,
    StudyFile,
    coordinates,
)
from pidgin_cli.config.wording import shown
from pidgin_cli.engine.cells import Cell
from pidgin_cli.errors import ConfigError, UsageError

OF_AGENTS = ("temperature", "top_p", "max_tokens", "thinking", "awareness")
"""Lists of a matrix whose values are settings of every agent."""

MOST = 100_000
"""Runs of one study; more are most likely a list too many, and would not end in a lifetime."""


def plan_cells(file: StudyFile, settings: Settings) -> list[Cell]:
    """Give the cells of a study, each once, in the order in which the file names them.

    Args:
        settings: the configuration, for its agents, prompts and number of turns.

    Raises:
        ConfigError: the study does not fit together; says where.
    """
    planner = _Planner(file, settings)
    cells = {cell.key: cell for cell in planner.cells()}
    return list(cells.values())


class _Planner:
    def __init__(self, file: StudyFile, settings: Settings) -> None:
        self._file = file
        self._study = file.study
        self._settings = settings

    def cells(self) -> Iterator[Cell]:
        casts, prompts = self._casts(), self._prompts()
        others = {
            name: values
            for name, values in coordinates(self._study.matrix).items()
            if name not in SLOTS
        }
        count = len(casts) * len(prompts) * prod(map(len, others.values()))
        if count * self._study.repeat > MOST:
            raise self._wrong(
                "matrix", f"{count * self._study.repeat} runs: a study has at most {MOST}"
            )
        for names, (label, prompt), values in product(casts, prompts, product(*others.values())):
            chosen = dict(zip(others, values, strict=True))
            yield self._cell(names, label, prompt, chosen)

    def _cell(
        self, names: tuple[str, ...], label: str | None, prompt: str, chosen: Mapping[str, Any]
    ) -> Cell:
        study = self._study
        agents = self._agents(names, {k: v for k, v in chosen.items() if k in OF_AGENTS})
        labels = dict(zip(SLOTS, names, strict=False))
        if label is not None:
            labels["prompt"] = label
        labels |= {name: _word(value) for name, value in chosen.items()}
        turns = chosen.get("max_turns", study.max_turns) or self._settings.defaults.max_turns
        return Cell(
            study.study,
            labels,
            agents,
            prompt,
            turns,
            study.order,
            tuple(self._interventions(names)),
            study.seed,
        )

    def _casts(self) -> list[tuple[str, ...]]:
        """Give who talks with whom: the pairs, what the matrix multiplies, or else all agents."""
        slots = {k: v for k, v in coordinates(self._study.matrix).items() if k in SLOTS}
        if slots and tuple(slots) != SLOTS[: len(slots)]:
            missing = next(slot for slot in SLOTS if slot not in slots)
            raise self._wrong(f"matrix.{[*slots][-1]}", f"there is no {missing} before it: add one")
        if prod(map(len, slots.values())) > MOST:
            raise self._wrong("matrix", f"more than {MOST} casts: a study has at most as many runs")
        casts = [*self._study.pairs, *(product(*slots.values()) if slots else ())]
        if not casts:
            casts = [tuple(self._study.agents)]
        for place, cast in enumerate(casts):
            where = f"pairs.{place}" if place < len(self._study.pairs) else "matrix.a"
            if not 2 <= len(cast) <= len(SLOTS):
                where = where if self._study.pairs or slots else "agents"
                raise self._wrong(
                    where, f"{len(cast)} agents: a conversation has 2 to {len(SLOTS)}"
                )
            for name in cast:
                self._agent(name, where)
        return casts

    def _agent(self, name: str, where: str) -> AgentSettings:
        known = {**self._settings.agents, **self._study.agents}
        if name in known:
            return known[name]
        near = nearest(name, known)
        if near and ":" not in name and not self._is_model(name):
            raise self._wrong(where, f"no agent {shown(name)}: did you mean {near}?")
        return AgentSettings(model=name)

    def _is_model(self, name: str) -> bool:
        return load_catalogue(self._settings.catalogue).resolve(name) is not None

    def _agents(self, names: Sequence[str], chosen: Mapping[str, Any]) -> tuple[AgentSettings, ...]:
        agents = [self._agent(name, "agents")._replace(**chosen) for name in names]
        agents = [
            agent._replace(name=name)
            if agent.name is None and name in self._study.agents and names.count(name) == 1
            else agent
            for name, agent in zip(names, agents, strict=True)
        ]
        try:
            return tuple(aware_agents(agents, self._settings.prompts))
        except UsageError as error:
            where = "matrix.awareness" if "awareness" in chosen else "agents"
            raise self._wrong(where, str(error)) from None

    def _prompts(self) -> list[tuple[str | None, str]]:
        study = self._study
        found: list[tuple[str | None, str]] = [*study.prompts.items()]
        for place, dimensions in enumerate(study.dimensions):
            try:
                tables = prompt_tables(self._settings.prompts)
                found.append((dimensions, dimensional_prompt(tables, dimensions)))
            except UsageError as error:
                raise self._wrong(f"dimensions.{place}", str(error)) from None
        return found or [(None, DEFAULT_PROMPT)]

    def _interventions(self, names: Sequence[str]) -> Iterator[PlannedIntervention]:
        """Give the interventions that are for somebody here, with ids of agents as targets."""
        for place, each in enumerate(self._study.interventions):
            target = tuple(dict.fromkeys(self._targets(place, names)))
            if target or not each.target:
                yield each._replace(target=target)

    def _targets(self, place: int, names: Sequence[str]) -> Iterator[str]:
        ids = [f"agent_{slot}" for slot in SLOTS[: len(names)]]
        for number, target in enumerate(self._study.interventions[place].target):
            meant = [
                agent_id
                for agent_id, slot, name in zip(ids, SLOTS, names, strict=False)
                if target in (agent_id, slot, name)
            ]
            if not meant and target not in self._study.agents:
                near = nearest(target, [*ids, *names])
                hint = f"did you mean {near}?" if near else f"there are {', '.join(ids)}"
                where = f"interventions.{place}.target.{number}"
                raise self._wrong(where, f"no agent {shown(target)}: {hint}")
            yield from meant

    def _wrong(self, key: str, problem: str) -> ConfigError:
        return ConfigError(f"{self._file.origin(key)}: {key}: {problem}")


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
