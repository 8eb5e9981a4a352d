"""How soon a running experiment acts on what is asked of it with `conduct`.

Run it as `python tests/benchmarks/conduct.py`. Medians, with the slowest of all in brackets.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

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


async def latencies(rounds: int) -> list[float]:
    """Interrupt one response after another, and give the seconds until each is cut."""
    found: list[float] = []
    with tempfile.TemporaryDirectory() as root, EventStore(Folder(Path(root))) as store:
        engine = DialogueEngine(Surroundings(Router(), store))
        experiment = Experiment("exp_1", AGENTS, "Hello", rounds, seed=7)
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


def main() -> None:
    """Print what it takes."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = asyncio.run(latencies(rounds))
    print(
        f"{len(seconds)} interruptions: {1000 * statistics.median(seconds):.1f} ms "
        f"[{1000 * max(seconds):.1f}] from asking to response.interrupted"
    )


if __name__ == "__main__":
    main()
