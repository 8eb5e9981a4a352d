"""Prints how long after its writing an event comes out of `tail`, beside `tail -F`.

python tests/benchmarks/latency.py [SECONDS] [LINES_A_SECOND]

A process appends events that carry the time of their writing, and a reader of each tail stamps
what arrives. Both tails follow the same logs at the same time; milliseconds.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from pidgin_cli.store.lock import LOCK

PIDGIN = [sys.executable, "-m", "pidgin_cli"]
READY = 1.5
"""Seconds after which whoever was started follows."""
STAMP = re.compile(rb"at ([0-9]{9,})")


def event(experiment_id: str, number: int) -> bytes:
    """Give a line that says in its content when it was made, in nanoseconds."""
    return (
        f'{{"v":1,"id":"0123456789abcdef-{number:06d}","type":"conductor.intervention",'
        f'"experiment_id":"{experiment_id}","timestamp":{time.time():.6f},"turn_number":0,'
        f'"agent_id":null,"data":{{"source":"system","content":"at {time.monotonic_ns()}",'
        '"target":null}}\n'
    ).encode()


class Arrivals:
    """A tail, and how late each of the lines arrived that came out of it."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        self._process = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE)
        self.late: list[float] = []
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        # What is read at once has arrived at once.
        while block := os.read(self._process.stdout.fileno(), 1 << 20):
            now = time.monotonic_ns()
            self.late += [(now - int(stamp)) / 1e6 for stamp in STAMP.findall(block)]

    def end(self) -> None:
        """End the tail, and wait for the rest of its lines."""
        time.sleep(READY)
        self._process.terminate()
        self._thread.join()
        self._process.wait()

    def __str__(self) -> str:
        """Give count, median, 99th percentile and maximum."""
        late = sorted(self.late)
        if not late:
            return "nothing arrived"
        half, most = late[len(late) // 2], late[min(len(late) * 99 // 100, len(late) - 1)]
        return f"{len(late):6} lines, p50 {half:7.2f}, p99 {most:7.2f}, max {late[-1]:7.2f} ms"


WRITER = "import sys; from latency import write; write(*sys.argv[1:])"


def write(seconds: str, rate: str, *logs: str) -> None:
    """Hold the logs as a run does, and append to each in turn, so many lines a second in all."""
    descriptors = [os.open(log, os.O_RDWR | os.O_APPEND) for log in logs]
    assert all(map(LOCK.acquire, descriptors))
    print("at work", flush=True)
    begun = time.monotonic() + READY
    for number in range(int(float(seconds) * float(rate))):
        time.sleep(max(0.0, begun + number / float(rate) - time.monotonic()))
        log = number % len(logs)
        os.write(descriptors[log], event(Path(logs[log]).name.split(".")[0], number))


def measure(name: str, ours: Sequence[str], logs: list[Path], seconds: str, rate: str) -> None:
    """Print a line for both of them while a writer is at work."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, seconds, rate, *map(str, logs)],
        cwd=Path(__file__).parent,
        stdout=subprocess.PIPE,
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    tails = {
        "tail -F": Arrivals(["tail", "-q", "-n", "0", "-F", *logs]),
        f"pidgin tail, {name}": Arrivals([*PIDGIN, "tail", *ours, "-n", "0", "-q"]),
    }
    writer.wait()
    for who, arrivals in tails.items():
        arrivals.end()
        print(f"{who:46}{arrivals}")


def main() -> None:
    """Print a pair of lines for each way of following."""
    seconds, rate = (*sys.argv[1:], "5", "200")[:2] if len(sys.argv) > 2 else ("5", "200")
    for form in ("jsonl", "text"):
        for written, idle in ((1, 0), (8, 0), (8, 200)):
            with tempfile.TemporaryDirectory() as made:
                logs = [Path(made) / f"exp_{n}.events.jsonl" for n in range(written + idle)]
                for log in logs:
                    log.write_bytes(event(log.name.split(".")[0], 0))
                name = f"{written} of {len(logs)} logs written, {form}"
                followed = [str(logs[0])] if len(logs) == 1 else ["--data-dir", made]
                measure(name, [*followed, "--format", form], logs[:written], seconds, rate)


if __name__ == "__main__":
    main()
