"""Several experiments at once: so many at a time, their events in one stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.engine import DialogueEngine, Resumption
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.turns import Pause
from pidgin_cli.events.event import Event

_Item = Event | None

WAITING = 16
"""Events that may wait to be taken, so that not every one of them switches between tasks."""


def nobody(event: Event, control: Control) -> None:
    """Steer nothing."""


def none(experiment_id: str, error: Exception) -> bool:
    """Excuse nothing."""
    return False


@dataclass(slots=True)
class Fleet:
    """Runs experiments side by side; the failure of one does not stop the others.

    Afterwards `failures` holds what could not be run or recorded, by experiment id.

    Args:
        jobs: how many run at once.
        control: makes what steers an experiment.
        steer: is shown each event before the next thing happens in its experiment.
        excused: says of what could not be run whether that is no failure.
    """

    engine: DialogueEngine
    jobs: int = 1
    control: Callable[[], Control] = Control
    steer: Callable[[Event, Control], None] = nobody
    excused: Callable[[str, Exception], bool] = none
    failures: dict[str, Exception] = field(default_factory=dict)
    _controls: dict[str, Control] = field(default_factory=dict)
    _leaving: Pause | None = None

    def leave(self, pause: Pause) -> None:
        """Pause all that run so that they can be resumed, and begin no other."""
        self._leaving = pause
        for control in self._controls.values():
            control.leave(pause)

    def control_of(self, experiment_id: str) -> Control | None:
        """Give what steers an experiment, None while it does not run."""
        return self._controls.get(experiment_id)

    async def run(
        self, experiments: Iterable[Experiment | Resumption]
    ) -> AsyncGenerator[Event, None]:
        """Give the events of all experiments: each in its own order, each after it is stored.

        When a few events wait to be taken, no more are made: memory stays flat.
        """
        waiting = iter(experiments)
        events: asyncio.Queue[_Item] = asyncio.Queue(WAITING)
        async with asyncio.TaskGroup() as workers:
            tasks = [workers.create_task(self._work(waiting, events)) for _ in range(self.jobs)]
            working = self.jobs
            try:
                while working:
                    event = await events.get()
                    if event is None:
                        working -= 1
                    else:
                        yield event
            except GeneratorExit:
                # Nobody takes events any more; the group would make an error of that.
                for task in tasks:
                    task.cancel()

    async def _work(
        self, waiting: Iterable[Experiment | Resumption], events: asyncio.Queue[_Item]
    ) -> None:
        for experiment in waiting:
            if self._leaving is not None:
                break
            try:
                await self._run(experiment, events)
            except Exception as error:  # noqa: BLE001 - it is told of when the others are done
                if not self.excused(experiment.experiment_id, error):
                    self.failures[experiment.experiment_id] = error
        await events.put(None)

    async def _run(self, experiment: Experiment | Resumption, events: asyncio.Queue[_Item]) -> None:
        control = self._controls[experiment.experiment_id] = self.control()
        try:
            async with aclosing(self.engine.hold(experiment, control)) as stream:
                async for event in stream:
                    self.steer(event, control)
                    await events.put(event)
        finally:
            del self._controls[experiment.experiment_id]
