"""Many processes at one experiment: one writes, the others are told, and asking hinders nobody."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from pidgin_cli.events.codec import decode
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import overview
from tests.pipes.store_programs import RACERS, command, ids_of, run

pytestmark = pytest.mark.timeout(1500)


def test_of_processes_that_want_one_new_id_one_gets_it(tmp_path: Path, full: bool):
    rounds = 100 if full else 4
    done = run("race", str(tmp_path), str(rounds))
    for number, line in enumerate(done.stdout.splitlines()):
        fared = Counter(json.loads(line))
        assert {"won": 1} == {"won": fared.pop("won")}
        assert {"ExperimentExistsError", "LockedError"} >= set(fared)
        assert RACERS - 1 == fared.total()
        assert 1 == Folder(tmp_path).log(f"exp_{number}").read_bytes().count(b"\n")


def test_of_processes_at_once_each_writes_all_its_lines_whole(tmp_path: Path, full: bool):
    largest = 20_000_000 if full else 400_000
    sizes = [int(100 * (largest / 100) ** (n / (RACERS - 1))) for n in range(RACERS)]
    writers = [
        subprocess.Popen(
            command("write", str(tmp_path), f"exp_{size}", "20", str(size)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for size in sizes
    ]
    said = [writer.communicate(timeout=600) for writer in writers]
    assert [0] * RACERS == [writer.returncode for writer in writers]
    for size, (out, err) in zip(sizes, said, strict=True):
        assert (b"", 20) == (err, out.count(b"\n"))
        log = Folder(tmp_path).log(f"exp_{size}")
        assert out.decode().split() == ids_of(log)
        assert {size} == {len(decode(line).data["text"]) for line in log.read_bytes().splitlines()}


def test_of_processes_that_take_up_one_experiment_one_gets_it(tmp_path: Path, full: bool):
    rounds = 100 if full else 4
    done = run("take_over", str(tmp_path), str(rounds))
    for number, line in enumerate(done.stdout.splitlines()):
        fared = Counter(json.loads(line))
        # One that comes late may find the experiment free again, after the first has let it go.
        winners = fared.pop("won")
        assert winners >= 1
        assert {"LockedError"} >= set(fared)
        lines = Folder(tmp_path).log(f"exp_{number}").read_bytes().split(b"\n")[:-1]
        assert winners + 1 == len(lines)
        assert all(decode(line) for line in lines)


def test_those_who_write_nothing_take_no_line_of_others_with_them(tmp_path: Path, full: bool):
    rounds = 2000 if full else 100
    done = run("come_and_go", str(tmp_path), str(rounds))
    *_, first, second = (said.split() for said in json.loads(done.stdout))
    logs = [ids_of(Folder(tmp_path).log(f"exp_{number}")) for number in range(rounds)]
    assert [{*pair} for pair in zip(first, second, strict=True)] == [{*ids} for ids in logs]
    assert [2] * rounds == [len(ids) for ids in logs]


@pytest.mark.parametrize("lock", ["DescriptionLock", "FlockLock"])
def test_asking_who_writes_never_makes_a_writer_fail(tmp_path: Path, full: bool, lock: str):
    if lock == "DescriptionLock" and not hasattr(fcntl, "F_OFD_SETLK"):
        pytest.skip("this system has no locks of open file descriptions")
    rounds = 2000 if full else 200
    done = run("asked", str(tmp_path), str(rounds), lock)
    assert "every time" == json.loads(done.stdout)
    assert rounds == Folder(tmp_path).log("exp_1").read_bytes().count(b"\n")


def test_an_experiment_that_ends_while_it_is_looked_at_never_reads_crashed(
    tmp_path: Path, full: bool
):
    folder, rounds = Folder(tmp_path), 5000 if full else 300
    folder.make()
    seen: Counter[str] = Counter()
    with subprocess.Popen(command("complete", str(tmp_path), str(rounds))) as writing:
        for number in range(rounds):
            while folder.find(f"exp_{number}") is None:
                assert writing.poll() is None or folder.find(f"exp_{number}") is not None
            # It is there from an instant before its writer has locked it.
            while not folder.log(f"exp_{number}").stat().st_size:
                pass
            while (now := overview(folder, f"exp_{number}").state) == "running":
                seen[now] += 1
            seen[now] += 1
        assert 0 == writing.wait(60)
    assert rounds == seen["completed"]
    assert {"running", "completed"} >= set(seen)
