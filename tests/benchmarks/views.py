"""Measures transcript and export against orjson reading the same lines and doing nothing else.

python tests/benchmarks/views.py FOLDER [TIMES]

FOLDER is a store, as tests/benchmarks/corpus.py makes one: of the corpus, or of ten experiments of
500 turns (`corpus.py FOLDER 10 500`). Both sides are processes of their own, run in turn; what is
printed is the median of the time that they take from the processor, and of the ratio.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
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


def seconds(command: Sequence[str]) -> float:
    """Give the processor's seconds that a process takes, start and end included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as out:
        subprocess.run([sys.executable, *command], stdout=out, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a line for each kind of work."""
    folder, *times = sys.argv[1:]
    logs = [str(path) for path in sorted(Path(folder).glob("*.events.jsonl"))]
    size = sum(map(os.path.getsize, logs))
    print(f"{len(logs)} logs, {size:,} bytes")
    for work in WORK:
        pairs = [
            (seconds(["-c", READ, *logs]), seconds(["-m", "pidgin_cli", *work, *logs]))
            for _ in range(int(times[0]) if times else 5)
        ]
        read, made = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratio = statistics.median(mine / base for base, mine in pairs)
        print(f"{' '.join(work):45} {made:6.2f} s  orjson {read:5.2f} s  {ratio:5.1f} times")


if __name__ == "__main__":
    main()
