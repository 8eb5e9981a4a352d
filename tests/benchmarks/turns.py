"""What a turn costs as a conversation grows: bytes of log, CPU, and memory in all."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from figures import Figure, alone, at_most, short
from measuring import Bench
from memory import peak

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
SAME = 1.25
"""How many times as much is still taken for the same: turns differ in what is said."""


@dataclass
class Costs:
    """Bytes by turn, and CPU seconds by turn."""

    size: Counter[int] = field(default_factory=Counter)
    cpu: dict[int, float] = field(default_factory=dict)

    def at(self, length: int) -> tuple[float, float]:
        """Give the bytes and the CPU milliseconds of a turn, at that length of a conversation.

        The median of CPU leaves out the turns in which the system did something else.
        """
        last = range(length - WINDOW, length)
        size = statistics.mean(self.size[turn] for turn in last)
        return size, 1000 * statistics.median(self.cpu[turn] for turn in last)


async def measured(bench: Bench, turns: int) -> Costs:
    """Hold one conversation and note what each turn took."""
    costs, before = Costs(), time.process_time()
    with EventStore(Folder(bench.folder("turns"))) as store:
        agents = tuple(Agent(f"agent_{side}", "sim:chatty", "sim") for side in "ab")
        engine = DialogueEngine(Surroundings(Router(), store))
        async for event in engine.run(Experiment("exp_1", agents, "Hello", turns, 7)):
            turn = -1 if event.turn_number is None else event.turn_number
            costs.size[turn] += len(event.line or b"")
            if event.type == "turn.completed":
                costs.cpu[turn] = time.process_time() - before
                before = time.process_time()
    return costs


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure one conversation at several lengths of it."""
    lengths = [length for length in LENGTHS if length <= max(100, LENGTHS[-1] * bench.scale)]
    costs = asyncio.run(measured(bench, lengths[-1]))
    size, cpu = costs.at(lengths[0])
    for length in lengths[1:]:
        later_size, later_cpu = costs.at(length)
        yield beside(f"turn {length}, log", later_size, size, " bytes")
        yield beside(f"turn {length}, CPU", later_cpu, cpu, " ms")
    yield alone(f"log of {lengths[-1]} turns", sum(costs.size.values()) / 1e6, " MB")
    memory = peak(bench, ["run", "--no-store", "-q", "-t", str(lengths[-1])])
    yield alone(f"memory of {lengths[-1]} turns", memory / 1e6, " MB")


def beside(what: str, value: float, first: float, unit: str) -> Figure:
    """Give what a turn costs beside one near the beginning, which is to cost the same."""
    ours, theirs = f"{short(value)}{unit}", f"turn {LENGTHS[0]}: {short(first)}{unit}"
    return Figure(what, value / first, " × as much", ours, theirs, at_most(SAME))
