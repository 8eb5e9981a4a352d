"""Prints what detections cost: a turn of a long conversation, and recomputing them in a stream.

python tests/benchmarks/detections.py
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Iterator

from pidgin_cli.config.settings import ConversationSettings
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.conversation import Conversation
from pidgin_cli.events.event import Event
from pidgin_cli.events.kind import Draft
from pidgin_cli.events.stamp import Stamp
from pidgin_cli.filters.detect import Detect
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


def turn_costs() -> dict[int, float]:
    """Give the CPU seconds of the detections of each turn."""
    detector, conversation = Detector(ConversationSettings()), Conversation()
    costs: dict[int, float] = {}
    for event in events(max(LENGTHS)):
        if event.type == "turn.completed":
            began = time.process_time()
            detector.turn(conversation)
            costs[event.turn_number or 0] = time.process_time() - began
        conversation.apply(event)
    return costs


def main() -> None:
    """Print one row for each length, and the rate of the filter."""
    costs = turn_costs()
    print("at turn   CPU ms of detections a turn")
    for length in LENGTHS:
        last = sum(costs[turn] for turn in range(length - WINDOW, length)) / WINDOW
        print(f"{length:7}   {last * 1000:.2f}")
    lines = [encode(event) for event in events(max(LENGTHS))]
    began, core, size = time.process_time(), Detect(ConversationSettings()), 0
    for line in lines:
        size += sum(len(encode(event)) for event in core.feed(decode(line)))
    elapsed = time.process_time() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"detect: {size / elapsed / 1e6:.1f} MB a second of CPU, {memory:.0f} MB of memory")


if __name__ == "__main__":
    main()
