"""Measures `pidgin index` side by side with DuckDB and sqlite-utils, as whole processes.

python tests/benchmarks/index.py [FOLDER [ROUNDS]]

FOLDER holds the corpus of corpus.py, which is made where it is missing, and is not changed. The
three take turns; medians are printed, and what they are to each other.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from corpus import make

DUCKDB = (
    "import duckdb, sys; connection = duckdb.connect(sys.argv[2]); connection.execute('create "
    "table events as select * from read_json(?, format=\\'newline_delimited\\')', [sys.argv[1]])"
)
EXPERIMENTS = 200


@dataclass(frozen=True)
class Taken:
    """What a process took: seconds by the clock, and seconds of all processors together."""

    wall: float
    processor: float


def taken(*command: str | Path, stdin: Path | None = None) -> Taken:
    """Give what a process took."""
    with open(stdin or os.devnull, "rb") as stream:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=stream, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return Taken(wall, usage.ru_utime + usage.ru_stime)


def medians(rounds: int, contests: dict[str, Callable[[], Taken]]) -> dict[str, Taken]:
    """Give the medians of each, taken by turns."""
    results: dict[str, list[Taken]] = {name: [] for name in contests}
    for _ in range(rounds):
        for name, contest in contests.items():
            results[name].append(contest())
    return {
        name: Taken(
            statistics.median(each.wall for each in several),
            statistics.median(each.processor for each in several),
        )
        for name, several in results.items()
    }


def compared(ours: Taken, theirs: Taken) -> str:
    """Say how much of their time ours is."""
    return (
        f"{ours.wall:.2f} s to {theirs.wall:.2f} s: {ours.wall / theirs.wall:.2f}×; "
        f"of the processors {ours.processor:.2f} s to {theirs.processor:.2f} s: "
        f"{ours.processor / theirs.processor:.2f}×"
    )


def main() -> None:
    """Measure everything."""
    corpus = Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/corpus")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    logs = make(corpus)
    with tempfile.TemporaryDirectory(prefix="index-benchmark-") as name:
        folder = Path(name)
        everything(folder, logs, rounds)


def everything(folder: Path, logs: list[Path], rounds: int) -> None:
    """Measure in a folder of our own."""
    store, tenth, many, joined = (folder / n for n in ("store", "tenth", "many", "all.jsonl"))
    for place in (store, tenth, many):
        place.mkdir()
    with joined.open("wb") as stream:
        for number, log in enumerate(logs):
            data = log.read_bytes()
            stream.write(data)
            (store / log.name).write_bytes(data)
            if number < len(logs) // 10:
                (tenth / log.name).write_bytes(data)
    for number in range(EXPERIMENTS):
        lines = logs[number % len(logs)].read_bytes().split(b"\n")[:60]
        (many / f"exp_{number}.events.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    program = [sys.executable, "-m", "pidgin_cli", "index", "--data-dir"]
    duck, lite = folder / "duck.db", folder / "lite.db"

    def with_duckdb() -> Taken:
        duck.unlink(missing_ok=True)
        return taken(sys.executable, "-c", DUCKDB, str(store / "*.jsonl"), duck)

    def with_sqlite_utils() -> Taken:
        lite.unlink(missing_ok=True)
        tool = [sys.executable, "-m", "sqlite_utils", "insert"]
        return taken(*tool, lite, "events", "-", "--nl", "--alter", stdin=joined)

    subprocess.run([*program, many], check=True)
    time.sleep(0.2)
    subprocess.run([*program, many], check=True)
    found = medians(
        rounds,
        {
            "pidgin index": lambda: taken(*program, store, "--rebuild"),
            "DuckDB": with_duckdb,
            "a tenth": lambda: taken(*program, tenth, "--rebuild"),
            "nothing new": lambda: taken(*program, many),
            "python -c pass": lambda: taken(sys.executable, "-c", "pass"),
        },
    )
    found |= medians(1, {"sqlite-utils": with_sqlite_utils})
    report(found)
    size = sum(log.stat().st_size for log in logs)
    index = (store / "index.db").stat().st_size
    print(f"size: {index:,} bytes; logs {size:,}; DuckDB {duck.stat().st_size:,}")


def report(found: dict[str, Taken]) -> None:
    """Print what was found."""
    ours = found["pidgin index"]
    print(f"from nothing, search included, to DuckDB: {compared(ours, found['DuckDB'])}")
    print(f"to sqlite-utils insert --nl: {compared(ours, found['sqlite-utils'])}")
    print(f"to a tenth of the events: {compared(ours, found['a tenth'])}")
    print(f"nothing new, {EXPERIMENTS} experiments: {found['nothing new'].wall * 1000:.0f} ms")
    print(f"python -c pass: {found['python -c pass'].wall * 1000:.0f} ms")


if __name__ == "__main__":
    main()
