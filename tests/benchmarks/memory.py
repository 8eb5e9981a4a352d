"""How much memory each streaming command takes on a gigabyte of events."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from figures import Figure, alone, at_most
from measuring import PIDGIN, Bench

COMMANDS = (
    "redact",
    "redact --content",
    "redact --builtin secrets",
    "detect -",
    "transcript - -f text",
    "transcript - -f markdown",
    "transcript - -f html",
    "transcript - -f json",
    "export - -f csv",
    "export - -f jsonl",
    "export - -f parquet",
    "export - -f messages --as agent_a",
    "index --db DATABASE -",
    "tail - --format jsonl",
    "tail - --format text",
    "check - -q",
    "compress -",
    "replay ARCHIVE",
    "replay LOG",
)
EVERY = 0.05
"""Seconds between two looks at what processes take."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Measure each command on the large log."""
    place = bench.folder("memory")
    log, archive = place / "large.jsonl", place / "large.jsonl.gz"
    write(log, bench.logs, bench.megabytes * 1_000_000)
    with log.open("rb") as given, archive.open("wb") as made:
        subprocess.run([PIDGIN, "compress", "-"], stdin=given, stdout=made, check=True)
    names = {"DATABASE": place / "index.db", "LOG": log, "ARCHIVE": archive}
    for command in COMMANDS:
        words = [str(names.get(word, word)) for word in command.split()]
        what = f"{command}, {bench.megabytes:,} MB"
        yield alone(what, peak(bench, words, log) / 1e6, " MB", at_most(100))


def write(path: Path, logs: list[Path], size: int) -> None:
    """Write logs again and again, each time as other experiments, until they are that large."""
    with path.open("wb") as file:
        for number in count():
            for log in logs:
                if file.tell() >= size:
                    return
                file.write(renamed(log.read_bytes(), b"%03d" % number))


def renamed(log: bytes, number: bytes) -> bytes:
    """Give the log of another experiment that is sound as well: its digest is its own."""
    lines = log.replace(b'"experiment_id":"', b'"experiment_id":"' + number)
    *_, last = lines.splitlines(keepends=True)
    before = lines.removesuffix(last)
    digest = hashlib.sha256(before).hexdigest().encode()
    return before + re.sub(rb"sha256:[0-9a-f]{64}", b"sha256:" + digest, last)


def peak(bench: Bench, words: list[str], stdin: Path = Path(os.devnull)) -> float:
    """Give the most bytes that a command and its processes take."""
    with stdin.open("rb") as given:
        process = subprocess.Popen(
            [PIDGIN, *words], stdin=given, stdout=subprocess.DEVNULL, env=bench.environ
        )
        together: list[int] = []
        ended = threading.Event()
        looking = threading.Thread(target=look, args=(process.pid, ended, together))
        looking.start()
        process.wait()
        ended.set()
        looking.join()
    if process.returncode:
        raise SystemExit(f"pidgin {' '.join(words)} ended with status {process.returncode}")
    return max(together, default=0)


def look(process: int, ended: threading.Event, found: list[int]) -> None:
    """Note what a process took at most, and what it and its children take together.

    What the system says at the end of a process is no less than what the one that started it had.
    """
    while not ended.wait(EVERY):
        found.append(told(process, "status", "VmHWM"))
        found.append(sum(told(each, "smaps_rollup", "Pss") for each in family(process)))


def family(process: int) -> Iterator[int]:
    """Give a process and all that it started, where there is a /proc."""
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def told(process: int, file: str, name: str) -> int:
    """Give the bytes that the system tells of a process by a name; 0 of one that has ended."""
    try:
        lines = Path(f"/proc/{process}/{file}").read_text()
    except OSError:
        return 0
    found = re.search(rf"^{name}:\s+(\d+) kB", lines, re.MULTILINE)
    return 1024 * int(found[1]) if found else 0
