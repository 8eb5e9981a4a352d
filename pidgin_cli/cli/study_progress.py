"""The progress of a study on a terminal: one table that is drawn over itself."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pidgin_cli.cli.streams import STDERR
from pidgin_cli.cli.table import cell
from pidgin_cli.engine.cells import PlannedRun
from pidgin_cli.engine.control import Control
from pidgin_cli.engine.studies import RunState
from pidgin_cli.events.event import Event
from pidgin_cli.views.width import cut

REDRAWN = 0.2
"""Seconds between two drawings."""
SHOWN = 12
"""Runs under way that have a line each."""


@dataclass(slots=True)
class Progress:
    """Counts what becomes of the runs of a study, and draws it.

    Args:
        runs: all runs of the study or shard, by the ids of their experiments.
        states: what each of them was at the beginning.
        draw: takes bytes for the terminal; None where there is none to be drawn on.
    """

    name: str
    runs: Mapping[str, PlannedRun]
    states: dict[str, RunState]
    draw: Callable[[bytes], None] | None
    clock: Callable[[], float] = time.monotonic
    _turns: dict[str, int] = field(default_factory=dict)
    _lines: int = 0
    _drawn_at: float = 0.0

    def seen(self, event: Event, control: Control) -> None:
        """Take in the next event of any run."""
        experiment_id = event.experiment_id
        match event.type:
            case "experiment.started" | "experiment.resumed":
                self.states[experiment_id] = "running"
                self._turns[experiment_id] = int(event.data.get("turn_number") or 0)
            case "turn.completed":
                self._turns[experiment_id] = (event.turn_number or 0) + 1
            case "experiment.completed":
                self._ended(experiment_id, "completed")
            case "experiment.failed":
                self._ended(experiment_id, "failed")
            case "checkpoint.saved":
                self._ended(experiment_id, "paused")
            case "context.usage" if "note" not in event.data:
                pass
            case "context.usage" | "pause.requested":
                # Something may be said on the same terminal now.
                self.erase()
                return
        if not self._lines or self.clock() - self._drawn_at >= REDRAWN:
            self._redraw()

    def erase(self) -> None:
        """Take the table away."""
        if self.draw is not None and self._lines:
            self.draw(f"\x1b[{self._lines}A\x1b[J".encode())
            self._lines = 0

    def summary(self) -> str:
        """Give how many runs are in which state, on one line."""
        counts: dict[RunState, int] = {}
        for state in self.states.values():
            counts[state] = counts.get(state, 0) + 1
        completed = counts.pop("completed", 0)
        others = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        return f"{self.name}: {completed} of {len(self.runs)} completed; {others}".rstrip("; ")

    def _ended(self, experiment_id: str, state: RunState) -> None:
        self.states[experiment_id] = state
        self._turns.pop(experiment_id, None)
        if state != "completed":
            self.erase()

    def _redraw(self) -> None:
        if self.draw is None:
            return
        self.erase()
        self._drawn_at = self.clock()
        columns = shutil.get_terminal_size().columns
        lines = [self.summary(), *self._under_way()]
        self.draw(
            b"".join(f"{cut(line, columns - 1)}\n".encode(errors="replace") for line in lines)
        )
        self._lines = len(lines)

    def _under_way(self) -> list[str]:
        shown = list(self._turns.items())[:SHOWN]
        lines = []
        for experiment_id, turns in shown:
            run = self.runs.get(experiment_id)
            if run is not None:
                where = cell(list(run.cell.labels.values()))
                lines.append(f"  {experiment_id}  turn {turns} of {run.cell.max_turns}  {where}")
        return lines


def draw_on_stderr(data: bytes) -> None:
    """Write to the terminal of stderr, as far as there is one."""
    try:
        os.write(STDERR, data)
    except OSError:
        return
