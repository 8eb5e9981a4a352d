"""Makes the corpus of the benchmarks: a store of simulated experiments, the same of the same seed.

    python tests/benchmarks/corpus.py FOLDER [EXPERIMENTS] [TURNS]

The defaults give about 200,000 events in 64 MB, half of them pieces of text as they came. Ids and
times differ from one making to the next.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

EVENTS, EXPERIMENTS, TURNS, SEED = 200_000, 40, 200, 7
CONFIGURATION = """
events:
  compression: {enabled: false}
  index: {update: false}
  stream: {join_ms: 170, chunks: none}
"""


def make(folder: Path, experiments: int = EXPERIMENTS, turns: int = TURNS) -> list[Path]:
    """Give the logs of the corpus, which are made where the folder holds none yet."""
    logs = sorted(folder.glob("*.events.jsonl"))
    if logs:
        return logs
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
        config.write(CONFIGURATION)
        config.flush()
        run = ["run", "--config", config.name, "--data-dir", str(folder), "--id", "corpus"]
        sides = ["-a", "sim:chatty,length=90", "-b", "sim:spiral,length=90"]
        size = ["-r", str(experiments), "-j", "4", "-t", str(turns), "--seed", str(SEED)]
        command = [sys.executable, "-m", "pidgin_cli", *run, *sides, *size]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.events.jsonl"))


def shape(events: int) -> tuple[int, int]:
    """Give how many experiments of how many turns have about so many events."""
    turns = max(1, round(events * EXPERIMENTS * TURNS / EVENTS))
    experiments = min(EXPERIMENTS, max(2, turns // 20))
    return experiments, max(1, turns // experiments)


def main() -> None:
    """Make the corpus, and say what is in it."""
    folder, *size = sys.argv[1:]
    logs = make(Path(folder), *map(int, size))
    data = b"".join(log.read_bytes() for log in logs)
    streaming = data.count(b'"type":"response.streaming"')
    lines = data.count(b"\n")
    print(f"{len(logs)} experiments, {lines:,} events, {streaming:,} deltas, {len(data):,} bytes")


if __name__ == "__main__":
    main()
