"""What the tests of the engine are held with: real simulated agents and a real store."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.engine import DialogueEngine, Resumption
from pidgin_cli.engine.experiment import Experiment, Rules
from pidgin_cli.engine.responses import Calling
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.events.cast import Agent
from pidgin_cli.events.event import Event
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder

Steer = Callable[[Event, Control], Any]


def agents(a: str = "sim:chatty", b: str = "sim:chatty", **more: Any) -> tuple[Agent, Agent]:
    return Agent("agent_a", a, "sim", **more), Agent("agent_b", b, "sim")


class Bench:
    """Runs experiments and gives their events."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.calling = Calling()
        self.min_free = 0
        self.rules = Rules()
        self.router: Callable[[], Router] = Router

    def experiment(self, a: str, b: str, turns: int, **more: Any) -> Experiment:
        fields = {"initial_prompt": "Hello", "seed": 7, "rules": self.rules, **more}
        who = fields.pop("agents", agents(a, b))
        return Experiment("exp_1", who, max_turns=turns, **fields)

    def run(
        self,
        a: str = "sim:chatty",
        b: str = "sim:chatty",
        turns: int = 2,
        *,
        steer: Steer = lambda event, control: None,
        **more: Any,
    ) -> list[Event]:
        experiment = self.experiment(a, b, turns, **more)
        return self._events(lambda engine, control: engine.run(experiment, control), steer)

    def resume(self, steer: Steer = lambda event, control: None, **wanted: Any) -> list[Event]:
        resumption = Resumption("exp_1", **wanted)
        return self._events(lambda engine, control: engine.resume(resumption, control), steer)

    def replay(self) -> list[Event]:
        with EventStore(self.folder) as store:
            return list(store.replay("exp_1"))

    def _events(self, begin: Callable[..., Any], steer: Steer) -> list[Event]:
        async def all_of_them() -> list[Event]:
            control, events = Control(), []
            with EventStore(self.folder) as store:
                surroundings = Surroundings(self.router(), store, self.calling, self.min_free)
                async for event in begin(DialogueEngine(surroundings), control):
                    events.append(event)
                    steer(event, control)
            return events

        return asyncio.run(asyncio.wait_for(all_of_them(), 60))


_TIMED = re.compile(r"duration|elapsed|time_to_first_chunk|digest|retry_in|events")


def lasting(event: Event) -> Event:
    """Give the event without what differs between two runs of the same seed."""
    return event.changed(id="", timestamp=0.0, data=_lasting(event.data))


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _lasting(v) for k, v in value.items() if not _TIMED.fullmatch(k)}
    return [_lasting(item) for item in value] if isinstance(value, list) else value


def types(events: list[Event]) -> list[str]:
    return [event.type for event in events]


def of_type(events: list[Event], *kinds: str) -> list[Event]:
    return [event for event in events if event.type in kinds]
