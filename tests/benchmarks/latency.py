"""How long after its writing an event comes out of tail, beside `tail -F`.

A process appends events that carry the time of their writing, and a reader of each tail stamps
what arrives. Both tails follow the same logs at the same time.
"""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from figures import Figure, at_most, short
from measuring import PIDGIN, Bench

from pidgin_cli.store.lock import LOCK

SECONDS, RATE = 5.0, 200
"""For how long events are written, and how many a second in all."""
LAST = 1.5
"""Seconds in which the last lines arrive."""
PATIENCE = 60.0
"""Seconds within which whoever was started follows."""
KNOCK = 0.05
"""Seconds between lines that are not counted, until whoever was started follows."""
STAMP = re.compile(rb"at ([0-9]{9,})")
STORES = {"one log": (1, 1), "8 of 208 logs": (8, 208)}
"""How many logs are written to, of how many that are followed."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure one log, and a store of which little is written to."""
    seconds = max(0.5, SECONDS * bench.scale)
    for name, (written, followed) in STORES.items():
        store = bench.folder("followed")
        logs = [store / f"exp_{number}.events.jsonl" for number in range(followed)]
        for log in logs:
            log.write_bytes(event(log.name.split(".")[0], 0, "from before"))
        among = [str(logs[0])] if followed == 1 else ["--data-dir", str(store)]
        ours, theirs = lateness(bench, among, logs[:written], seconds)
        beside = f"tail -F: {theirs}" if theirs else "tail: not installed"
        what, asked = f"tail, {name}, 99 of 100 within", at_most(10)
        yield Figure(what, ours.at(0.99), " ms", str(ours), beside, asked, is_ratio=False)


def lateness(
    bench: Bench, among: list[str], logs: list[Path], seconds: float
) -> tuple[Arrivals, Arrivals | None]:
    """Give how late lines arrive from our tail and from the other one, while logs are written."""
    words = [sys.executable, "-c", WRITER, str(seconds), *map(str, logs)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    writer = subprocess.Popen(words, cwd=Path(__file__).parent, **pipes)
    assert writer.stdin is not None
    assert writer.stdout is not None
    writer.stdout.readline()
    ours = Arrivals(bench, [PIDGIN, "tail", *among, "--format", "jsonl", "-n", "0", "-q"])
    has_tail = shutil.which("tail") is not None
    theirs = Arrivals(bench, ["tail", "-q", "-n", "0", "-F", *logs]) if has_tail else None
    both = [ours, *([theirs] if theirs else [])]
    for arrivals in both:
        arrivals.await_first()
    writer.stdin.close()
    writer.wait()
    writer.stdout.close()
    for arrivals in both:
        arrivals.end()
    return ours, theirs


WRITER = "import sys; from latency import write; write(float(sys.argv[1]), sys.argv[2:])"


def write(seconds: float, logs: Sequence[str]) -> None:
    """Hold the logs as a run does, and append to each in turn, from when stdin is closed."""
    descriptors = [os.open(log, os.O_RDWR | os.O_APPEND) for log in logs]
    assert all(map(LOCK.acquire, descriptors))
    print("at work", flush=True)
    while not select.select([sys.stdin], [], [], KNOCK)[0]:
        for descriptor, log in zip(descriptors, logs, strict=True):
            os.write(descriptor, event(Path(log).name.split(".")[0], 0, "not counted"))
    begun = time.monotonic()
    for number in range(int(seconds * RATE)):
        time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
        log = number % len(logs)
        said = f"at {time.monotonic_ns()}"
        os.write(descriptors[log], event(Path(logs[log]).name.split(".")[0], number, said))


def event(experiment_id: str, number: int, said: str) -> bytes:
    """Give a line in which this is said; what is counted says when, in nanoseconds."""
    return (
        f'{{"v":1,"id":"0123456789abcdef-{number:06d}","type":"conductor.intervention",'
        f'"experiment_id":"{experiment_id}","timestamp":{time.time():.6f},"turn_number":0,'
        f'"agent_id":null,"data":{{"source":"system","content":"{said}",'
        '"target":null}}\n'
    ).encode()


class Arrivals:
    """A tail, and how many milliseconds late each of the lines arrived that came out of it."""

    def __init__(self, bench: Bench, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, env=bench.environ)
        self._late: list[float] = []
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        # What is read at once has arrived at once.
        while block := os.read(self._process.stdout.fileno(), 1 << 20):
            now = time.monotonic_ns()
            self._begun.set()
            self._late += [(now - int(stamp)) / 1e6 for stamp in STAMP.findall(block)]

    def await_first(self) -> None:
        """Return when a line has arrived, or nobody can hope for one any more."""
        self._begun.wait(PATIENCE)

    def end(self) -> None:
        """End the tail, and wait for the rest of its lines."""
        time.sleep(LAST)
        self._process.terminate()
        self._thread.join()
        self._process.wait()

    def at(self, share: float) -> float:
        """Give how late that share of the lines is at most."""
        if not self._late:
            raise SystemExit("nothing came out of a tail")
        return sorted(self._late)[min(int(len(self._late) * share), len(self._late) - 1)]

    def __str__(self) -> str:
        """Give the median and the 99th percentile."""
        return f"{short(self.at(0.5))} ms, {short(self.at(0.99))} ms"
