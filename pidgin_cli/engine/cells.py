"""Cells of a study and their runs: named by what they are, and not by where they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pidgin_cli.config.settings import AgentSettings, as_plain
from pidgin_cli.config.study import Order, PlannedIntervention
from pidgin_cli.config.wording import shown
from pidgin_cli.errors import UsageError
from pidgin_cli.events.codec import encode_value

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of a study: what is held, before it is repeated.

    Args:
        study: name of the study.
        labels: its coordinates.
        agents: in the order in which they speak, with names that tell them apart.
        prompt: what every agent is told first.
        seed: of the study.
    """

    study: str
    labels: Labels
    agents: tuple[AgentSettings, ...]
    prompt: str
    max_turns: int
    order: Order
    interventions: tuple[PlannedIntervention, ...]
    seed: int

    @property
    def key(self) -> str:
        """Hash of everything that the cell is, ten hex digits."""
        plain = {name: _plain(getattr(self, name)) for name in self.__dataclass_fields__}
        return hashlib.sha256(encode_value(plain)).hexdigest()[:10]

    def run(self, repetition: int) -> PlannedRun:
        """Give a repetition of it."""
        return PlannedRun(self, repetition, f"{self.study}-{self.key}-{repetition}")


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """A repetition of a cell, counted from 1: one experiment."""

    cell: Cell
    repetition: int
    experiment_id: str

    @property
    def seed(self) -> int:
        """The seed of the experiment, from those of the study and of the cell: below 2^32.

        Every reader of JSON holds such a number as it is, and redact lets it pass.
        """
        text = f"{self.cell.seed} {self.experiment_id}"
        return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def planned_runs(
    cells: Sequence[Cell], repeat: int, shard: Shard | None = None
) -> list[PlannedRun]:
    """Give the experiments of a study, or of one shard, in the order in which they begin.

    Repetition by repetition, so that a study cut short is balanced, and in a seeded order within.
    """
    runs = [
        run
        for repetition in range(1, repeat + 1)
        for run in sorted((cell.run(repetition) for cell in cells), key=_drawn)
    ]
    return runs if shard is None else runs[shard.number - 1 :: shard.count]


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several parts of a study that are run for themselves; numbers count from 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `I/N`.

        Raises:
            UsageError: it is none.
        """
        number, _, count = text.partition("/")
        if number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count):
            return cls(int(number), int(count))
        raise UsageError(f"--shard {shown(text)} is not I/N, such as 1/4, 2/4, 3/4 and 4/4")


def _drawn(run: PlannedRun) -> str:
    text = f"{run.cell.seed} {run.repetition} {run.cell.key}"
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Give what was set; what was not may have other names in another version."""
    plain = as_plain(value)
    if isinstance(plain, tuple):
        return [_plain(item) for item in plain]
    if not isinstance(plain, dict):
        return plain
    return {name: _plain(item) for name, item in plain.items() if item is not None}
