"""What detections cost: at a turn of a long conversation, and made again in a stream."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

from figures import Figure, alone, linear
from measuring import Bench

from pidgin_cli.config.settings import ConversationSettings
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.filters.detections import Detector

LENGTHS = (20, 100, 400, 800)
WINDOW = 20
"""Turns at the end over which the cost of one is taken."""
WORDS = [f"word{number}" for number in range(2000)]


def message(chance: random.Random) -> str:
    """Give a message of about 1,200 characters."""
    return " ".join(". ".join(chance.choices(WORDS, k=9)) for _ in range(16))


def events(turns: int) -> Iterator[Event]:
    """Give the events of a conversation of two agents."""
    chance, stamp = random.Random(7), Stamp("exp_1")
    for turn in range(turns):
        yield stamp(Draft("turn.started", {}, turn))
        for place, agent_id in enumerate(("agent_a", "agent_b")):
            data = {"response": 2 * turn + place, "content": message(chance)}
            yield stamp(Draft("response.completed", data, turn, agent_id))
        yield stamp(Draft("turn.completed", {}, turn))


def turn_costs(turns: int) -> dict[int, float]:
    """Give the CPU seconds of the detections of each turn."""
    detector, conversation = Detector(ConversationSettings()), Conversation()
    costs: dict[int, float] = {}
    for event in events(turns):
        if event.type == "turn.completed":
            began = time.process_time()
            detector.turn(conversation)
            costs[event.turn_number or 0] = time.process_time() - began
        conversation.apply(event)
    return costs


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure the detections of a turn, and the filter."""
    lengths = [n for n in LENGTHS if n <= max(100, LENGTHS[-1] * bench.scale)]
    costs = turn_costs(lengths[-1])
    for length in lengths:
        last = statistics.median(costs[turn] for turn in range(length - WINDOW, length))
        yield alone(f"detections of turn {length}", 1000 * last, " ms of CPU")
    works = {
        "whole": bench.pidgin("detect", *bench.logs),
        "a tenth": bench.pidgin("detect", *bench.tenth),
    }
    found = bench.race(works)
    speed = len(bench.data) / 1e6 / found["whole"].wall
    yield alone("detect", speed, " MB a second")
    yield linear("detect", found["whole"], found["a tenth"])
