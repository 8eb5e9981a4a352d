"""The grid of a study: its cells and what each repetition of them is doing, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pidgin_cli.cli.listing import checked_states
from pidgin_cli.cli.streams import Sink
from pidgin_cli.cli.table import ListFormat, Listing, cell, flat, listing_lines
from pidgin_cli.config.settings import Settings
from pidgin_cli.config.study import SLOTS, load_study
from pidgin_cli.engine.cells import PlannedRun
from pidgin_cli.engine.planning import plan_cells
from pidgin_cli.engine.studies import RunState, run_overview
from pidgin_cli.errors import UsageError
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import STATES

RUN_STATES: tuple[RunState, ...] = (*STATES, "missing")
COLUMNS = ("id", "cell", "repetition", "labels", "state", "turns", "cost_usd")


@dataclass(frozen=True, slots=True)
class GridRun:
    """A run of a study as it stands; one that is missing has no turns."""

    run: PlannedRun
    state: RunState
    turns: int
    cost_usd: float | None


def write_grid(
    folder: Folder, file: Path, settings: Settings, states: Sequence[str], form: ListFormat
) -> None:
    """Write the runs of a study to stdout: as a table a row for each cell, else one for each run.

    Raises:
        ConfigError: the study is wrong.
        UsageError: a state is not one, or there is no such file.
    """
    wanted = checked_states(states, RUN_STATES)
    if not file.exists():
        raise UsageError(f"no study {str(file)!r}: name its YAML file")
    study = load_study(file)
    cells = plan_cells(study, settings)
    runs = [cell.run(n) for cell in cells for n in range(1, study.study.repeat + 1)]
    grid = [each for each in grid_of(folder, runs) if each.state in wanted]
    Sink().write_each(listing_lines(_listing(grid), form))


def grid_of(folder: Folder, runs: Iterable[PlannedRun]) -> list[GridRun]:
    """Give how runs stand, from the ends of their logs."""
    grid = []
    for run in runs:
        found = run_overview(folder, run.experiment_id)
        if found is None:
            grid.append(GridRun(run, "missing", 0, None))
        else:
            grid.append(GridRun(run, found.state, found.turns, found.cost_usd))
    return grid


def cell_rows(grid: Iterable[GridRun]) -> tuple[list[str], list[list[str]]]:
    """Give the head and the rows of a table: coordinates, how many are in each state, the cost."""
    cells: dict[str, list[GridRun]] = {}
    for each in grid:
        cells.setdefault(each.run.cell.key, []).append(each)
    first = [runs[0].run.cell for runs in cells.values()]
    named = dict.fromkeys(name for found in first for name in found.labels)
    names = [*(slot for slot in SLOTS if slot in named), *(n for n in named if n not in SLOTS)]
    head = [*names, *RUN_STATES, "turns", "cost_usd"]
    return head, [_cell_row(names, runs) for runs in cells.values()]


def _cell_row(names: Sequence[str], runs: Sequence[GridRun]) -> list[str]:
    labels = runs[0].run.cell.labels
    counts = [sum(each.state == state for each in runs) for state in RUN_STATES]
    cost = sum(each.cost_usd or 0.0 for each in runs)
    return [
        *(cell(labels.get(name)) for name in names),
        *(str(count) if count else "" for count in counts),
        str(sum(each.turns for each in runs)),
        f"{cost:.4f}" if cost else "",
    ]


def _listing(grid: Sequence[GridRun]) -> Listing:
    objects = [_object(each) for each in grid]
    return Listing(
        ids=(each.run.experiment_id for each in grid),
        objects=objects,
        flat=(COLUMNS, (list(map(flat, each.values())) for each in objects)),
        table=cell_rows(grid),
    )


def _object(each: GridRun) -> dict[str, Any]:
    run = each.run
    return {
        "id": run.experiment_id,
        "cell": run.cell.key,
        "repetition": run.repetition,
        "labels": dict(run.cell.labels),
        "state": each.state,
        "turns": each.turns,
        "cost_usd": each.cost_usd,
    }
