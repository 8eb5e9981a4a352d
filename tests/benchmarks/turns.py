"""Prints what a turn costs as a conversation grows: bytes of log, CPU, and memory at the end.

python tests/benchmarks/turns.py [MODEL]
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from pidgin_cli.engine.engine import DialogueEngine
from pidgin_cli.engine.experiment import Experiment
from pidgin_cli.engine.surroundings import Surroundings
from pidgin_cli.events.cast import Agent
from pidgin_cli.providers.router import Router
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder

LENGTHS = (20, 100, 400, 800)
WINDOW = 20
"""Turns at the end over which the cost of one is taken."""


@dataclass
class Costs:
    """Bytes by turn, and CPU seconds at the end of each."""

    size: Counter[int] = field(default_factory=Counter)
    cpu: dict[int, float] = field(default_factory=dict)


async def measure(model: str, turns: int) -> Costs:
    """Hold one conversation and note what each turn took."""
    costs = Costs()
    with tempfile.TemporaryDirectory() as folder, EventStore(Folder(Path(folder))) as store:
        agents = tuple(Agent(f"agent_{side}", model, "sim") for side in "ab")
        engine = DialogueEngine(Surroundings(Router(), store))
        async for event in engine.run(Experiment("exp_1", agents, "Hello", turns, 7)):
            turn = -1 if event.turn_number is None else event.turn_number
            costs.size[turn] += len(event.line or b"")
            if event.type == "turn.completed":
                costs.cpu[turn] = time.process_time()
    return costs


def main() -> None:
    """Print one row for each length."""
    model = sys.argv[1] if len(sys.argv) > 1 else "sim:chatty"
    costs = asyncio.run(measure(model, max(LENGTHS)))
    print("at turn   bytes a turn   CPU ms a turn")
    for length in LENGTHS:
        last = range(length - WINDOW, length)
        size = sum(costs.size[turn] for turn in last) / WINDOW
        cpu = (costs.cpu[length - 1] - costs.cpu[max(0, length - 1 - WINDOW)]) / (
            min(WINDOW, length - 1)
        )
        print(f"{length:7}   {size:12.0f}   {1000 * cpu:13.2f}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"log {sum(costs.size.values()) / 1e6:.1f} MB, memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
