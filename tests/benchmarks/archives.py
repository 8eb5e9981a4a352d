"""Prints what archives cost: compress and replay beside gzip, pigz and zcat, and the parts of it.

python tests/benchmarks/archives.py CORPUS [COPIES]

CORPUS is made by corpus.py; COPIES of it are worked on, 1 unless said. Each pair is measured in
turn in one run; ratios are of medians of five.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pidgin_cli.store.archive import packed

ROUNDS = 5
PIDGIN = [sys.executable, "-m", "pidgin_cli"]
PARTS = {
    "as it is": rb"$^",
    "without ids": rb'"id":"[^"]*",',
    "without times": rb'"timestamp":[0-9.]+,',
    "without durations": rb'"(duration|elapsed|time_to_first_chunk|messages_sha256)":[^,}]*,?',
    "without pieces": rb'[^\n]*"type":"(response\.streaming|stream\.chunk\.received)"[^\n]*\n',
}


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of processors."""

    wall: float
    cpu: float

    @classmethod
    def of(cls, work: Callable[[], object]) -> Cost:
        """Measure a piece of work that other processes do."""
        wall, before = time.perf_counter(), os.times()
        work()
        after = os.times()
        cpu = after.children_user + after.children_system
        return cls(time.perf_counter() - wall, cpu - before.children_user - before.children_system)

    @classmethod
    def median(cls, costs: list[Cost]) -> Cost:
        """Give the medians."""
        return cls(*(statistics.median(getattr(cost, name) for cost in costs) for name in FIELDS))

    def beside(self, other: Cost) -> str:
        """Say how many times as fast this is."""
        times = f"{other.wall / self.wall:5.2f} times as fast"
        return f"{self.wall:7.3f} s ({self.cpu:6.3f} of CPU), {times} ({other.cpu / self.cpu:5.2f})"


FIELDS = ("wall", "cpu")


def run(*words: str | Path) -> None:
    """Run a program, and throw away what it says."""
    subprocess.run(
        [*map(str, words)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def size_of(folder: Path) -> int:
    """Give the bytes of all files."""
    return sum(path.stat().st_size for path in folder.iterdir())


def compressing(logs: list[Path], place: Path) -> Path:
    """Print how compress compares with gzip -9 and pigz -9; give the folder of its archives."""

    def fresh(name: str) -> Path:
        folder = place / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for log in logs:
            shutil.copy(log, folder)
        return folder

    costs: dict[str, list[Cost]] = {}
    for _ in range(ROUNDS):
        for name, words in (
            ("gzip -9", ["gzip", "-9"]),
            ("pigz -9", ["pigz", "-9"]),
            ("pidgin compress", [*PIDGIN, "compress", "--data-dir", place / "pidgin compress"]),
        ):
            folder = fresh(name)
            given = [] if name.startswith("pidgin") else [*folder.iterdir()]
            costs.setdefault(name, []).append(Cost.of(lambda: run(*words, *given)))  # noqa: B023
    size, slowest = sum(log.stat().st_size for log in logs), Cost.median(costs["gzip -9"])
    theirs = size_of(place / "gzip -9")
    for name, measured in costs.items():
        median, ours = Cost.median(measured), size_of(place / name)
        print(
            f"{name:18}{median.beside(slowest)} as gzip -9, "
            f"{size / ours:6.3f} to 1, {100 * (ours / theirs - 1):+.2f} % of its size"
        )
    return place / "pidgin compress"


def replaying(archives: Path, foreign: Path) -> None:
    """Print how replay compares with zcat, on our archives and on those of gzip."""
    for name, folder, options in (
        ("ours", archives, []),
        ("of gzip", foreign, []),
        ("ours, --verify", archives, ["--verify"]),
    ):
        files = sorted(folder.iterdir())
        theirs, ours = [], []
        for _ in range(ROUNDS):
            theirs.append(Cost.of(lambda: run("zcat", *files)))  # noqa: B023
            ours.append(Cost.of(lambda: run(*PIDGIN, "replay", *options, *files)))  # noqa: B023
        words = Cost.median(ours).beside(Cost.median(theirs))
        print(f"replay, {name:16}{words} as zcat")


def parts(log: Path) -> None:
    """Print what ids, times and pieces cost in an archive of one log, at level 6 and 9."""
    data = log.read_bytes()
    whole = len(b"".join(packed([data])))
    for name, pattern in PARTS.items():
        left = re.sub(pattern, b"", data)
        small, smallest = (len(b"".join(packed([left], level))) for level in (6, 9))
        print(
            f"{name:18}{len(left):12,} to {small:10,} bytes, {len(left) / small:6.2f} to 1 "
            f"(level 9 {len(left) / smallest:6.2f}); cost {100 * (1 - small / whole):5.1f} %"
        )


def main() -> None:
    """Print a line for each way."""
    logs = sorted(Path(sys.argv[1]).glob("*.events.jsonl"))
    copies = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        (place / "corpus").mkdir()
        for number in range(copies):
            for log in logs:
                shutil.copy(log, place / "corpus" / f"{number}-{log.name}")
        archives = compressing(sorted((place / "corpus").iterdir()), place)
        replaying(archives, place / "gzip -9")
        parts(logs[0])


if __name__ == "__main__":
    main()
