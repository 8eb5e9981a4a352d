"""Measures transcript and export against orjson reading the same lines and doing nothing else.

python tests/benchmarks/views.py FOLDER [TIMES]

FOLDER is a store, as tests/benchmarks/corpus.py makes one: of the corpus, or of ten experiments of
500 turns (`corpus.py FOLDER 10 500`). Both sides are processes of their own, run in turn; what is
printed is the median of the time that passes and of the time that they take from all processors,
each with the median of the ratio to orjson's.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

READ = """
import sys, orjson
for name in sys.argv[1:]:
    with open(name, "rb") as file:
        for line in file:
            orjson.loads(line)
"""
WORK = (
    ("transcript", "-f", "text"),
    ("transcript", "-f", "markdown"),
    ("transcript", "-f", "html"),
    ("transcript", "-f", "json"),
    ("transcript", "-f", "text", "--as", "agent_a"),
    ("export", "-f", "messages", "--as", "agent_a"),
    ("export", "-f", "csv", "--table", "messages"),
    ("export", "-f", "parquet", "--table", "messages"),
    ("export", "-f", "parquet", "--table", "events"),
    ("export", "-f", "csv", "--table", "events"),
)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that a process took, start and end included: of the clock, and of processors."""

    wall: float
    cpu: float


def took(command: Sequence[str]) -> Took:
    """Run a process to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        subprocess.run([sys.executable, *command], stdout=out, check=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(wall, cpu)


def compared(pairs: Sequence[tuple[float, float]]) -> str:
    """Say the medians of orjson's seconds and of ours, and of the ratios."""
    read, made = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(mine / base for base, mine in pairs)
    return f"{made:6.2f} s to {read:5.2f} s, {ratio:4.1f} times"


def main() -> None:
    """Print a line for each kind of work."""
    folder, *times = sys.argv[1:]
    logs = [str(path) for path in sorted(Path(folder).glob("*.events.jsonl"))]
    size = sum(map(os.path.getsize, logs))
    print(f"{len(logs)} logs, {size:,} bytes; ours to orjson's")
    for work in WORK:
        pairs = [
            (took(["-c", READ, *logs]), took(["-m", "pidgin_cli", *work, *logs]))
            for _ in range(int(times[0]) if times else 5)
        ]
        wall = compared([(read.wall, made.wall) for read, made in pairs])
        cpu = compared([(read.cpu, made.cpu) for read, made in pairs])
        print(f"{' '.join(work):41} wall {wall}   cpu {cpu}", flush=True)


if __name__ == "__main__":
    main()
