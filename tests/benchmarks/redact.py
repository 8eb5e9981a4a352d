"""Prints how fast events are redacted, against jq on the same lines, and how much memory it takes.

python tests/benchmarks/redact.py CORPUS_FOLDER [ROUNDS]

The two sides take turns, so that what else the machine does weighs on both alike. Ratios are of
medians.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from corpus import make

TEN_PATTERNS = (
    *("--pattern", "Acme Corporation", "--pattern", "Project Nightjar", "--pattern", "Jane Roe"),
    *("--pattern", "blue door", "--pattern", "17 Elm Street", "--pattern", "hunter2"),
    *("--regex", "EMP-[0-9]{6}", "--regex", "case no[.] [0-9]+", "--regex", "v[0-9]+-internal"),
    *("--regex", "(?i)confidential", "--builtin", "secrets"),
)
PATH = os.environ["PATH"]
PIDGIN = (sys.executable, "-m", "pidgin_cli", "redact")
PAIRS = {
    "--content": ((*PIDGIN, "--content"), ("jq", "-c", '.data.content?="[REDACTED]"')),
    "no options": (PIDGIN, ("jq", "-c", '.data.content?="[REDACTED]"')),
    "ten patterns and secrets": ((*PIDGIN, *TEN_PATTERNS), ("jq", "-c", ".")),
}


def seconds(command: tuple[str, ...], data: Path, home: str) -> float:
    """Give the seconds that a command takes to read the file and write what comes of it."""
    with data.open("rb") as given:
        began = time.perf_counter()
        subprocess.run(
            command,
            stdin=given,
            stdout=subprocess.DEVNULL,
            env={"HOME": home, "PATH": PATH},
            check=True,
        )
        return time.perf_counter() - began


def main() -> None:
    """Print a line for each pair."""
    folder, *rounds = sys.argv[1:]
    count = int(rounds[0]) if rounds else 5
    with tempfile.TemporaryDirectory() as home:
        data = Path(home, "corpus.jsonl")
        data.write_bytes(b"".join(log.read_bytes() for log in make(Path(folder))))
        for name, (ours, theirs) in PAIRS.items():
            pairs = [(seconds(ours, data, home), seconds(theirs, data, home)) for _ in range(count)]
            own, other = (statistics.median(side) for side in zip(*pairs, strict=True))
            print(f"{name:26}{own:7.2f} s, jq {other:.2f} s: {other / own:.1f} times as fast")


if __name__ == "__main__":
    main()
