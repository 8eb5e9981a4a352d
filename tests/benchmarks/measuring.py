"""How work is measured: processes that take turns, what each of them took, and the medians."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from functools import cached_property
from pathlib import Path

from corpus import EVENTS

PIDGIN = Path(sys.executable).with_name("pidgin")
LONG = 4.0
"""Seconds from which on a piece of work is done three times at most: it spreads little."""


@dataclass(frozen=True)
class Taken:
    """What work took: seconds by the clock, and seconds of all processors."""

    wall: float
    cpu: float


Work = Callable[[], Taken]


def median(taken: list[Taken]) -> Taken:
    """Give the median of each quantity."""
    return Taken(*map(statistics.median, zip(*map(astuple, taken), strict=True)))


def _is_known(taken: list[Taken]) -> bool:
    return len(taken) >= 3 and all(each.wall > LONG for each in taken)


@dataclass(frozen=True)
class Bench:
    """What there is to measure with: the corpus, a folder of our own, and how often to measure.

    Args:
        megabytes: how much is streamed where memory is measured.
    """

    logs: list[Path]
    place: Path
    rounds: int
    megabytes: int

    @property
    def scale(self) -> float:
        """Give how large the corpus is beside the one that is asked for."""
        return min(1.0, self.data.count(b"\n") / EVENTS)

    @cached_property
    def data(self) -> bytes:
        """Give all lines of the corpus."""
        return b"".join(log.read_bytes() for log in self.logs)

    @cached_property
    def joined(self) -> Path:
        """Give the corpus as one file."""
        path = self.place / "joined.jsonl"
        path.write_bytes(self.data)
        return path

    @cached_property
    def tenth(self) -> list[Path]:
        """Give the first tenth of each log: the same experiments with a tenth of the events."""
        folder = self.folder("tenth")
        for log in self.logs:
            lines = log.read_bytes().splitlines(keepends=True)
            (folder / log.name).write_bytes(b"".join(lines[: len(lines) // 10]))
        return sorted(folder.iterdir())

    def folder(self, name: str) -> Path:
        """Give an empty folder of that name."""
        path = self.place / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def store(self, name: str, logs: list[Path]) -> Path:
        """Give a folder with copies of logs."""
        folder = self.folder(name)
        for log in logs:
            shutil.copy(log, folder)
        return folder

    def race(self, works: Mapping[str, Work | None], times: int = 1) -> dict[str, Taken | None]:
        """Give the medians of what works took that were done by turns; None for one that cannot be.

        What else the machine does so weighs on all alike.

        Args:
            times: how often in a round, where what is done is so short that it spreads.
        """
        found: dict[str, list[Taken]] = {name: [] for name in works}
        for _ in range(self.rounds * times):
            for name, work in works.items():
                if work is not None and not _is_known(found[name]):
                    found[name].append(work())
        return {name: median(taken) if taken else None for name, taken in found.items()}

    def pidgin(self, *words: str | Path, stdin: str | Path = os.devnull) -> Work:
        """Give the work of the program, as it is installed beside this Python."""
        return lambda: self._taken([PIDGIN, *words], stdin)

    def python(self, *words: str | Path, stdin: str | Path = os.devnull) -> Work:
        """Give the work of a process of this Python."""
        return lambda: self._taken([sys.executable, *words], stdin)

    def program(self, *command: str | Path, stdin: str | Path = os.devnull) -> Work | None:
        """Give the work of another program; None where it is not installed."""
        if shutil.which(command[0]) is None:
            return None
        return lambda: self._taken(command, stdin)

    @cached_property
    def environ(self) -> dict[str, str]:
        """Give the surroundings of the processes: a home without a configuration, no store."""
        home = self.folder("home")
        return {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def _taken(
        self, command: list[str | Path] | tuple[str | Path, ...], stdin: str | Path
    ) -> Taken:
        with Path(stdin).open("rb") as given:
            began = time.perf_counter()
            process = subprocess.Popen(
                command, stdin=given, stdout=subprocess.DEVNULL, env=self.environ
            )
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{command[:3]} ended with status {process.returncode}")
        return Taken(wall, usage.ru_utime + usage.ru_stime)
