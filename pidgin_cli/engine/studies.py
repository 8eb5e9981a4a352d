"""What of a study is still to be done: each run looked at when its turn comes, never before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pidgin_cli.config.recorded import Changes
from pidgin_cli.config.settings import LimitSettings, Settings, as_plain
from pidgin_cli.config.study import SLOTS, PlannedIntervention, Study, StudyFile
from pidgin_cli.engine.cells import Cell, PlannedRun
from pidgin_cli.engine.engine import Resumption
from pidgin_cli.engine.experiment import Experiment, Rules, Scheduled, participant
from pidgin_cli.engine.ledger import Ledger
from pidgin_cli.engine.limits import without_price
from pidgin_cli.errors import (
    ConfigError,
    ExperimentExistsError,
    LockedError,
    UnknownExperimentError,
    UsageError,
)
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.interventions import ConductorIntervention
from pidgin_cli.providers.router import Router
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import Overview, State, overview

RunState = State | Literal["missing"]


@dataclass(slots=True)
class Worklist:
    """The experiments of a study that are to be begun or to go on, in their order.

    What others run, and what failed before, is left out; `elsewhere` and `failed` name it.

    Args:
        casts: the agents of each cell, by its key.
        retry_failed: whether what failed goes on as well.
        ledger: what is exhausted ends the list.
    """

    file: StudyFile
    runs: Sequence[PlannedRun]
    casts: Mapping[str, tuple[Agent, ...]]
    settings: Settings
    folder: Folder
    ledger: Ledger | None = None
    retry_failed: bool = False
    elsewhere: dict[str, None] = field(default_factory=dict)
    failed: dict[str, None] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Experiment | Resumption]:
        """Give what is to be done now. Everything is looked at when it is asked for."""
        for run in self.runs:
            if self.ledger is not None and self.ledger.is_spent():
                return
            task = self._task(run)
            if task is not None:
                yield task

    def taken(self, experiment_id: str, error: Exception) -> bool:
        """Say whether it failed to begin because another process was faster, and note that."""
        completed = run_state(self.folder, experiment_id) == "completed"
        faster = isinstance(error, LockedError | ExperimentExistsError) or completed
        if faster:
            self.elsewhere[experiment_id] = None
        return faster

    def _task(self, run: PlannedRun) -> Experiment | Resumption | None:
        experiment_id = run.experiment_id
        match run_state(self.folder, experiment_id):
            case "missing":
                return self._experiment(run)
            case "paused" | "crashed":
                return Resumption(experiment_id, self._raised())
            case "failed" if self.retry_failed:
                return Resumption(experiment_id, self._raised())
            case "failed":
                self.failed[experiment_id] = None
            case "running" | "unknown":
                self.elsewhere[experiment_id] = None
        return None

    def _experiment(self, run: PlannedRun) -> Experiment:
        cell, rules = run.cell, Rules.of(self.settings)
        limits = self.file.study.limits
        if limits != LimitSettings():
            rules = Rules(rules.conversation, rules.context, rules.stream, limits)
        return Experiment(
            experiment_id=run.experiment_id,
            agents=self.casts[cell.key],
            initial_prompt=cell.prompt,
            max_turns=cell.max_turns,
            seed=run.seed,
            group=cell.study,
            repetition=run.repetition,
            labels=cell.labels,
            rules=rules,
            order=cell.order,
            interventions=[_scheduled(each) for each in cell.interventions],
        )

    def _raised(self) -> Changes:
        """Give the limits that the study has now: those of the log may have been lower."""
        limits: Mapping[str, Any] = as_plain(self.file.study.limits)
        return {
            f"limits.{name}": (value, f"{self.file.name}: limits.{name}")
            for name, value in limits.items()
            if name != "actions" and value is not None
        }


def cast_of(cell: Cell, file: StudyFile, router: Router) -> tuple[Agent, ...]:
    """Give the agents of a cell, their models by their whole names.

    Raises:
        ConfigError: a model is not known, or its service has no key; says where it stands.
    """
    agents = []
    for slot, settings in zip(SLOTS, cell.agents, strict=False):
        try:
            agent = participant(f"agent_{slot}", settings, router)
            route = router.route(agent.model)
            route.provider.check(route.model, agent.parameters)
        except UsageError as error:
            name = cell.labels[slot]
            where = file.origin(_place_of(name, slot, file.study))
            raise ConfigError(f"{where}: agent {name}: {error}") from None
        agents.append(agent)
    return tuple(agents)


def _place_of(name: str, slot: str, study: Study) -> str:
    """Give the key under which a study names an agent."""
    if name in study.agents:
        return f"agents.{name}"
    pairs = (f"pairs.{place}" for place, pair in enumerate(study.pairs) if name in pair)
    return next(pairs, f"matrix.{slot}")


def check_prices(agents: Iterable[Agent], file: StudyFile, router: Router) -> None:
    """See that a budget of cost can be kept.

    Raises:
        ConfigError: there is one, and a model whose price is not known.
    """
    lacking = None if file.study.budget.cost_usd is None else without_price(agents, router)
    if lacking:
        origin = file.origin("budget.cost_usd")
        raise ConfigError(f"{origin}: a budget of cost {lacking}, or give budget.tokens instead")


def run_overview(folder: Folder, experiment_id: str) -> Overview | None:
    """Give an overview of a run, None where it has not begun."""
    try:
        found = overview(folder, experiment_id)
    except UnknownExperimentError:
        return None
    # A run that was killed before its first event leaves an empty log, which is no experiment.
    return found if found.size or found.state == "running" else None


def run_state(folder: Folder, experiment_id: str) -> RunState:
    """Give what a run is doing."""
    found = run_overview(folder, experiment_id)
    return "missing" if found is None else found.state


def _scheduled(planned: PlannedIntervention) -> Scheduled:
    target = list(planned.target) or None
    words = ConductorIntervention(source=planned.source, content=planned.content, target=target)
    return Scheduled(planned.turn, words)
