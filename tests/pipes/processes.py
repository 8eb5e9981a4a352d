"""The program as a process of its own, in a home of its own, and what its logs must be."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

PATIENCE = 60.0
"""Seconds after which a process hangs. Nothing here is meant to take nearly as long."""


@dataclass(frozen=True)
class Outcome:
    """How a process ended; a status below 0 is the signal that it died of, as subprocess has it."""

    status: int
    out: bytes
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return events_of(self.out)

    @property
    def told(self) -> tuple[int, bytes, str]:
        return self.status, self.out, self.err


class Started(subprocess.Popen[bytes]):
    """A process that is killed where the test fails, and not waited for in vain."""

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, error, traceback)


class Home:
    """A home with a store, in which programs are started."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = root / "store"
        self.environ = {
            "HOME": str(root),
            "PIDGIN_DATA_DIR": str(self.store),
            "PATH": os.environ["PATH"],
            # A checkout that is not installed is found as well.
            "PYTHONPATH": str(Path(__file__).parent.parent.parent),
            "LC_ALL": "C.UTF-8",
        }

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "pidgin_cli", *arguments]

    def start(self, *arguments: str, **options: Any) -> Started:
        given = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "env": self.environ,
            "cwd": self.root,
            # What communicate() gives is then all that readline() has not given.
            "bufsize": 0,
            **options,
        }
        return Started(self.command(*arguments), **given)

    def run(self, *arguments: str, input: bytes | None = None, **options: Any) -> Outcome:
        if input is not None:
            options["stdin"] = subprocess.PIPE
        with self.start(*arguments, **options) as process:
            return ended(process, input)

    def shell(self, line: str) -> Outcome:
        """Run a line of bash in which `pidgin` is the program."""
        function = f'pidgin() {{ {sys.executable} -m pidgin_cli "$@"; }}\n'
        return self.outcome_of(["bash", "-c", function + line])

    def outcome_of(self, command: Sequence[str]) -> Outcome:
        """Run any command to its end, with an empty stdin."""
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environ,
            cwd=self.root,
        ) as process:
            return ended(process)

    def log(self, experiment_id: str) -> Path:
        return self.store / f"{experiment_id}.events.jsonl"

    def archive(self, experiment_id: str) -> Path:
        return self.store / f"{experiment_id}.events.jsonl.gz"

    def write_log(self, experiment_id: str, data: bytes) -> Path:
        self.store.mkdir(parents=True, exist_ok=True)
        self.archive(experiment_id).unlink(missing_ok=True)
        path = self.log(experiment_id)
        path.write_bytes(data)
        return path

    def logs(self) -> dict[str, bytes]:
        """Give the bytes of every log by its experiment, those of archives unpacked."""
        suffix = ".events.jsonl"
        packed = {
            path.name.removesuffix(f"{suffix}.gz"): gzip.decompress(path.read_bytes())
            for path in self.store.glob(f"*{suffix}.gz")
        }
        logs = {
            path.name.removesuffix(suffix): path.read_bytes()
            for path in self.store.glob(f"*{suffix}")
        }
        return dict(sorted((packed | logs).items()))

    def everything(self) -> list[str]:
        """Give the path of every file and folder below the home."""
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*"))

    def states(self) -> dict[str, str]:
        """Give what `pidgin list` says of every experiment."""
        listed = self.run("list", "-f", "jsonl")
        assert listed.err == ""
        return {row["id"]: row["state"] for row in map(orjson.loads, listed.out.splitlines())}


def ended(process: subprocess.Popen[bytes], input: bytes | None = None) -> Outcome:
    """Wait for the end of a process; one that hangs is killed, and the test fails."""
    try:
        out, err = process.communicate(input, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Outcome(process.returncode, out or b"", (err or b"").decode())


def events_of(data: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in data.split(b"\n")[:-1]]


def types_of(data: bytes) -> list[str]:
    return [event["type"] for event in events_of(data)]


def seal_of(log: bytes) -> dict[str, Any]:
    """Give count and digest of all that stands before the last line."""
    before = log[: log.rstrip(b"\n").rfind(b"\n") + 1]
    return {"events": before.count(b"\n"), "digest": f"sha256:{hashlib.sha256(before).hexdigest()}"}


def seal_in(log: bytes) -> dict[str, Any]:
    """Give count and digest that the last line claims."""
    data = events_of(log)[-1]["data"]
    return {"events": data["events"], "digest": data["digest"]}


def ended_between_responses(log: bytes) -> bool:
    """Say whether a log ends with a pause, and with no call or response left open before it."""
    *before, pause, checkpoint = types_of(log)
    over = ("response.interrupted", "response.completed", "api.call.failed", "context.usage")
    return (pause, checkpoint) == ("pause.requested", "checkpoint.saved") and (
        before[-1] in over or before[-1].split(".")[0] in ("turn", "experiment")
    )


def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def lines_read(process: subprocess.Popen[bytes], count: int) -> list[bytes]:
    """Read that many lines of a process, and no more."""
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


def hear_signals() -> None:
    """Let programs that are started from here be interrupted, however the tests were started."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            # A handler, unlike being ignored, is not handed down.
            signal.signal(number, lambda *_: None)


def children_of(process: int) -> list[int]:
    """Give the processes that a process has started, where there is a /proc."""
    path = Path(f"/proc/{process}/task/{process}/children")
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def is_there(process: int) -> bool:
    """Say whether a process has not ended yet."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
