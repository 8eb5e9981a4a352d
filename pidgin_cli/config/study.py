"""A study as its file says it: who talks, in which combinations, how often, for how much."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pidgin_cli.config.files import ConfigFile
from pidgin_cli.config.interpret import Setting, settings_in
from pidgin_cli.config.layers import assembled, laid_over
from pidgin_cli.config.settings import NOTHING, AgentSettings, LimitSettings
from pidgin_cli.config.wording import printable
from pidgin_cli.errors import ConfigError

SLOTS = ("a", "b", "c", "d", "e", "f", "g", "h")
"""Places of a conversation, in the order in which they speak."""

Order = Literal["named", "round_robin"]


class Matrix(NamedTuple):
    """Lists that multiply: agents by their places, and what holds for all agents of a cell."""

    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()
    c: tuple[str, ...] = ()
    d: tuple[str, ...] = ()
    e: tuple[str, ...] = ()
    f: tuple[str, ...] = ()
    g: tuple[str, ...] = ()
    h: tuple[str, ...] = ()
    temperature: tuple[float, ...] = ()
    top_p: tuple[float, ...] = ()
    max_tokens: tuple[int, ...] = ()
    thinking: tuple[bool, ...] = ()
    awareness: tuple[str, ...] = ()
    max_turns: tuple[int, ...] = ()


class PlannedIntervention(NamedTuple):
    """Words that are put into every conversation at the beginning of a turn.

    Args:
        turn: from 0.
        target: places (a, b, …), ids (agent_a, …) or names of agents; nobody named means all.
    """

    turn: int
    content: str
    source: Literal["human", "system", "mediator"] = "mediator"
    target: tuple[str, ...] = ()


class Budget(NamedTuple):
    """What the whole study may use up over all its runs; what is None has no limit.

    Args:
        tokens: in and out, of all calls together.
        time: seconds of conversation, of all experiments together.
    """

    cost_usd: float | None = None
    tokens: int | None = None
    time: float | None = None

    @property
    def unlimited(self) -> bool:
        """Whether there is nothing to keep to."""
        return self == Budget()


class Study(NamedTuple):
    """A study, whole.

    Args:
        study: its name; ids and the group of its experiments are made of it.
        agents: settings by name; names of the configuration and models can stand beside them.
        pairs: who talks with whom, two or more names each.
        matrix: lists that multiply.
        repeat: how often each cell is held.
        seed: of the order and of every experiment.
        prompts: texts by name; each is held by every cell.
        dimensions: further prompts, as -d has them.
        max_turns: as configured where it is None.
        order: who speaks when: as named in every turn, or a turn further each time.
        limits: of each experiment.
        budget: of all of them together.
    """

    study: str = ""
    agents: Mapping[str, AgentSettings] = NOTHING
    pairs: tuple[tuple[str, ...], ...] = ()
    matrix: Matrix = Matrix()
    repeat: int = 1
    seed: int = 0
    prompts: Mapping[str, str] = NOTHING
    dimensions: tuple[str, ...] = ()
    max_turns: int | None = None
    order: Order = "named"
    limits: LimitSettings = LimitSettings()
    interventions: tuple[PlannedIntervention, ...] = ()
    budget: Budget = Budget()


class StudyFile(NamedTuple):
    """A study, and where each of its values stands.

    Args:
        name: the file in messages.
        origins: `FILE:LINE` by dotted key, those of lists with the place of their item.
    """

    name: str
    study: Study
    origins: Mapping[str, str]

    def origin(self, dotted: str) -> str:
        """Give where a key stands, or the first one below it, or else the file."""
        below = f"{dotted}."
        found = (
            where for key, where in self.origins.items() if key == dotted or key.startswith(below)
        )
        return next(found, self.name)


def load_study(path: Path) -> StudyFile:
    """Read a study.

    Raises:
        ConfigError: the file cannot be read or is wrong; says where.
    """
    from pidgin_cli.config.yaml_file import parse_yaml

    file = ConfigFile(Path.cwd() / path, printable(str(path)), named_by="the command line")
    document = parse_yaml(file.read() or b"", file.name)
    settings: list[Setting] = list(settings_in(document, file.name, Study))
    study: Study = assembled(Study, laid_over({}, settings))
    if not study.study:
        raise ConfigError(f"{file.name}: the study has no name: add study: NAME")
    return StudyFile(file.name, study, {str(setting.key): setting.origin for setting in settings})


def coordinates(matrix: Matrix) -> dict[str, tuple[Any, ...]]:
    """Give the lists of a matrix that have something in them, by name."""
    names = Matrix._fields
    return {name: values for name in names if (values := getattr(matrix, name))}
