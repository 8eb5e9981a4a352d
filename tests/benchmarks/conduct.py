"""How soon a running experiment acts on what is asked of it with `conduct`."""

from __future__ import annotations

import asyncio
import statistics
import threading
import time
from collections.abc import Iterator

from figures import Figure, alone, at_most
from measuring import Bench

from pidgin_cli.engine.control import Control
from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.events.cast import Agent
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.inbox import Request, post

AGENTS = tuple(Agent(f"agent_{side}", "sim:chatty,pace=50", "sim") for side in "ab")
TIMES = 4
"""As often in a round as others once: what one takes is short, and spreads."""


async def latencies(bench: Bench, turns: int) -> list[float]:
    """Interrupt one response after another, and give the seconds until each is cut."""
    found: list[float] = []
    with EventStore(Folder(bench.folder("conducted"))) as store:
        engine = DialogueEngine(Surroundings(Router(), store))
        experiment = Experiment("exp_1", AGENTS, "Hello", turns, seed=7)
        asked = 0.0
        async for event in engine.run(experiment, Control()):
            if event.type == "response.streaming" and not asked:
                asked = time.time()
                request = Request("interrupt")
                threading.Thread(target=post, args=(store.folder, "exp_1", request)).start()
            if event.type == "response.interrupted":
                found.append(event.timestamp - asked)
                asked = 0.0
    return found


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure from asking to the response that is interrupted."""
    seconds = asyncio.run(latencies(bench, TIMES * bench.rounds))
    for name, value in (("median", statistics.median(seconds)), ("slowest", max(seconds))):
        yield alone(f"conduct interrupt, {name}", 1000 * value, " ms", at_most(200))
