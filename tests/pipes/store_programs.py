"""Programs that use the store as processes of their own; run as a script, with a command."""

from __future__ import annotations

import hashlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NoReturn

from pidgin_cli.errors import PidginError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.kind import Draft
from pidgin_cli.store import growing, overview, writer
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.lock import DescriptionLock, FlockLock

RACERS = 16
ASKERS = 3


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run one of the programs to its end, and see that it had nothing to complain of."""
    done = subprocess.run(command(*arguments), capture_output=True, timeout=1500, check=False)
    assert (0, b"") == (done.returncode, done.stderr)
    return done


def command(*arguments: str) -> list[str]:
    """Give the command line of one of the programs."""
    return [sys.executable, __file__, *arguments]


def say(value: object) -> None:
    """Write a value as one line of JSON to stdout."""
    os.write(1, json.dumps(value).encode() + b"\n")


def draft(number: int, size: int = 0) -> Draft:
    return Draft("odd.happened", {"n": number, "text": "x" * size}, 0)


def write(root: str, experiment_id: str, count: str, size: str) -> None:
    """Append events and print the id of each; a failure is one line on stderr and status 1."""
    try:
        with EventStore(Folder(Path(root)), durability="none") as store:
            for number in range(int(count)):
                event = store.append(experiment_id, draft(number, int(size)))
                os.write(1, f"{event.id}\n".encode())
    except PidginError as error:
        sys.exit(str(error))


def hold(root: str, experiment_id: str) -> None:
    """Append an event, say so, and keep the lock until somebody kills."""
    store = EventStore(Folder(Path(root)))
    store.append(experiment_id, draft(0))
    os.write(1, b"held\n")
    time.sleep(600)


def killed(root: str, rounds: str, seed: str) -> None:
    """Let writers of one log be killed at random moments; print what each of them had printed."""
    chance = random.Random(int(seed))
    for _ in range(int(rounds)):
        size = chance.choice([0, 0, 100, 5_000, 3_000_000])
        seconds = chance.uniform(0, 0.02)
        printed = _killed_once(Path(root), size, seconds, chance.random() < 0.8)
        say(printed)


def _killed_once(root: Path, size: int, seconds: float, after_its_first_line: bool) -> list[str]:
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _child(lambda: _write_for_ever(root, size, writing))
    os.close(writing)
    if after_its_first_line:
        select.select([reading], [], [])
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    with os.fdopen(reading, "rb") as pipe:
        lines = pipe.read().decode().split("\n")
    # The last one may be cut, as any line may.
    return lines[:-1]


def _write_for_ever(root: Path, size: int, descriptor: int) -> None:
    store = EventStore(Folder(root), durability="batch")
    number = 0
    # The pipe takes what is written until it is full; a writer that waits is killed all the same.
    while True:
        kind = "checkpoint.saved" if number % 7 == 3 else "odd.happened"
        data = {"text": "x" * (size if number % 5 == 0 else 10)}
        event = store.append("exp_1", Draft(kind, data, 0))
        os.write(descriptor, f"{event.id}\n".encode())
        number += 1


def race(root: str, rounds: str) -> None:
    """Let 16 processes want the same new id at the same instant; print how each of them fared."""
    for number in range(int(rounds)):

        def compete(number: int = number) -> str:
            store = EventStore(Folder(Path(root)))
            try:
                store.begin(f"exp_{number}")
                store.append(f"exp_{number}", draft(os.getpid()))
            except PidginError as error:
                return type(error).__name__
            time.sleep(0.05)
            store.close()
            return "won"

        say(_at_once([compete] * RACERS))


def take_over(root: str, rounds: str) -> None:
    """Let 16 processes take up the same log at the same instant; print how each of them fared."""
    for number in range(int(rounds)):
        with EventStore(Folder(Path(root)), durability="none") as store:
            store.append(f"exp_{number}", draft(0))

        def compete(number: int = number) -> str:
            store = EventStore(Folder(Path(root)))
            try:
                store.append(f"exp_{number}", draft(os.getpid()))
            except PidginError as error:
                return type(error).__name__
            time.sleep(0.05)
            store.close()
            return "won"

        say(_at_once([compete] * RACERS))


def come_and_go(root: str, rounds: str) -> None:
    """Let processes begin, take up and let go of empty logs while others write into them.

    Prints, for each process that writes, the ids of its events.
    """
    folder = Folder(Path(root))
    experiment_ids = [f"exp_{number}" for number in range(int(rounds))]

    def leave_empty(use: Callable[[EventStore, str], None]) -> str:
        for experiment_id in experiment_ids:
            while not _has_lines(folder, experiment_id):
                with EventStore(folder, durability="none") as store, suppress(PidginError):
                    use(store, experiment_id)
        return ""

    def write_into() -> str:
        return " ".join(_written(folder, experiment_id) for experiment_id in experiment_ids)

    workers = [partial(leave_empty, use) for use in (EventStore.begin, EventStore.resume)]
    say(_at_once([*workers, *workers, write_into, write_into]))


def _has_lines(folder: Folder, experiment_id: str) -> bool:
    with suppress(FileNotFoundError):
        return folder.log(experiment_id).stat().st_size > 0
    return False


def _written(folder: Folder, experiment_id: str) -> str:
    """Try until an event is written, and give its id."""
    while True:
        with EventStore(folder, durability="none") as store, suppress(PidginError):
            return store.append(experiment_id, Draft("checkpoint.saved", {})).id


def ids_of(log: Path) -> list[str]:
    """Give the ids of a log whose every line is whole, counted without gaps, and sealed right."""
    ids, before = [], hashlib.sha256()
    counters: dict[str, int] = {}
    for place, line in enumerate(log.read_bytes().split(b"\n")[:-1]):
        event = decode(line)
        writer_id, _, counter = event.id.partition("-")
        assert counters.get(writer_id, 0) == int(counter)
        counters[writer_id] = int(counter) + 1
        if event.type == "checkpoint.saved":
            seal = (place, f"sha256:{before.hexdigest()}")
            assert seal == (event.data["events"], event.data["digest"])
        ids.append(event.id)
        before.update(line + b"\n")
    return ids


def asked(root: str, rounds: str, kind: str) -> None:
    """Begin, release and take up an experiment while others ask in a tight loop how it is."""
    lock = DescriptionLock() if kind == "DescriptionLock" else FlockLock()
    writer.LOCK = overview.LOCK = growing.LOCK = lock
    folder = Folder(Path(root))
    folder.make()
    askers = [_asker(folder) for _ in range(ASKERS)]
    outcome = "every time"
    try:
        with EventStore(folder, durability="none") as store:
            for number in range(int(rounds)):
                store.append("exp_1", draft(number))
                store.release("exp_1")
    except PidginError as error:
        outcome = f"{type(error).__name__}: {error}"
    for process in askers:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    say(outcome)


def _asker(folder: Folder) -> int:
    def ask() -> None:
        while True:
            try:
                overview.overview(folder, "exp_1")
                overview.is_locked(folder.log("exp_1"))
            except PidginError:
                continue

    process = os.fork()
    if process == 0:
        _child(ask)
    return process


def _child(work: Callable[[], None]) -> NoReturn:
    try:
        work()
    except Exception:  # noqa: BLE001 - a child never goes on where its parent does
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def complete(root: str, rounds: str) -> None:
    """Hold one short experiment after another, each with a last word."""
    with EventStore(Folder(Path(root)), durability="none") as store:
        for number in range(int(rounds)):
            for kind in ("experiment.started", "turn.started", "experiment.completed"):
                store.append(f"exp_{number}", Draft(kind, {}))
            store.release(f"exp_{number}")


def follow(path: str) -> None:
    """Print the line of each event of a log as it comes, until nobody writes it."""
    from pidgin_cli.store.follow import Following, follow_experiment

    def report(bad: object) -> None:
        sys.exit(f"bad line: {bad}")

    following = Following(None, sys.stdout.buffer.flush, report)
    for event in follow_experiment(Path(path), following):
        sys.stdout.buffer.write(event.line or b"")
    sys.stdout.buffer.flush()


def _at_once(workers: list[Callable[[], str]]) -> list[str]:
    """Fork a process for each, let them begin together, and give what each came to."""
    gate_reading, gate_writing = os.pipe()
    pipes = []
    for worker in workers:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(gate_writing)
            _child(partial(_competitor, gate_reading, worker, writing))
        os.close(writing)
        pipes.append(reading)
    os.close(gate_reading)
    os.close(gate_writing)
    outcomes = []
    for reading in pipes:
        with os.fdopen(reading, "rb") as pipe:
            outcomes.append(pipe.read().decode())
    for _ in workers:
        os.wait()
    return outcomes


def _competitor(gate: int, worker: Callable[[], str], writing: int) -> None:
    # Nothing comes: this ends when the parent lets everybody go.
    os.read(gate, 1)
    os.write(writing, worker().encode())


if __name__ == "__main__":
    programs = (write, hold, killed, race, take_over, come_and_go, asked, complete, follow)
    {program.__name__: program for program in programs}[sys.argv[1]](*sys.argv[2:])
