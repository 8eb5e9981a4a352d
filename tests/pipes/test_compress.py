"""`compress` as a process: killed at any moment, on a full disk, and several at once."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from pidgin_cli.processes.cores import cores
from pidgin_cli.store.packing import pack
from tests.pipes.processes import Home, children_of, is_there, until

pytestmark = pytest.mark.timeout(1800)

PACK = """
import sys
from pathlib import Path
from pidgin_cli.errors import PidginError
from pidgin_cli.store.packing import pack
try:
    pack(Path(sys.argv[1]))
except PidginError as error:
    sys.exit(str(error))
"""
CALLS = ("openat", "write", "fsync", "rename", "unlink", "fchmod", "utimensat", "close")
MORE_CALLS = ("read", "pread64", "fstat", "newfstatat", "lseek", "fcntl", "ioctl", "fchown")


def whole_copies(log: Path, data: bytes) -> int:
    """Give how many whole copies of the log there are: as it was, or in its archive."""
    archive = log.with_name(f"{log.name}.gz")
    found = [log.read_bytes()] if log.exists() else []
    if archive.exists():
        found.append(gzip.decompress(archive.read_bytes()))
    assert {data} >= set(found)
    return len(found)


def fresh(root: Path, data: bytes) -> Path:
    root.mkdir()
    log = root / "exp_1.events.jsonl"
    log.write_bytes(data)
    return log


def injected(
    strace: str, log: Path, calls: str, fault: str, nth: int
) -> subprocess.CompletedProcess[bytes]:
    places = [
        log,
        log.with_name(f"{log.name}.gz"),
        log.with_name(f".{log.name}.gz.tmp"),
        log.parent,
    ]
    only = [word for place in places for word in ("-P", str(place))]
    inject = ["-e", f"inject={calls}:{fault}:when={nth}"]
    command = [strace, "-f", "-qq", "-o", os.devnull, *only, *inject, sys.executable, "-c", PACK]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [*command, str(log)], capture_output=True, timeout=120, check=False, env=environ
    )


def test_killed_at_any_system_call_it_leaves_a_whole_copy_and_the_next_one_ends_its_work(
    tmp_path: Path, one_turn: bytes, strace: str, full: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    # In the end there are several members, each with a write of its own.
    data = one_turn * (400 if full else 2)
    kills = 0
    for call in (*CALLS, *MORE_CALLS) if full else CALLS:
        for nth in count(1):
            log = fresh(tmp_path / f"{call}-{nth}", data)
            done = injected(strace, log, call, "signal=KILL", nth)
            if done.returncode == 0:
                break
            kills += 1
            assert (b"", True) == (done.stderr, whole_copies(log, data) >= 1)
            pack_again(log)
            assert [f"{log.name}.gz"] == os.listdir(log.parent)
            assert 1 == whole_copies(log, data)
            shutil.rmtree(log.parent)
    assert kills >= 15
    if full:
        with capsys.disabled():
            sys.stdout.write(f"\n{kills} kills, a whole copy each time\n")


def pack_again(log: Path) -> None:
    if log.exists():
        pack(log)


@pytest.mark.parametrize("fault", ["error=ENOSPC", "error=EIO"])
def test_whatever_write_the_disk_refuses_the_log_is_as_it_was(
    tmp_path: Path, one_turn: bytes, strace: str, fault: str
) -> None:
    refused = 0
    for calls in ("write", "fsync", "rename", "fchmod", "unlink"):
        log = fresh(tmp_path / calls, one_turn)
        done = injected(strace, log, calls, fault, 1)
        assert (1, 1) == (done.returncode, done.stderr.count(b"\n"))
        assert b"cannot pack" in done.stderr
        assert one_turn == log.read_bytes()
        assert not log.with_name(f".{log.name}.gz.tmp").exists() or calls == "unlink"
        refused += 1
    assert 5 == refused


def test_of_eight_at_once_one_works_and_the_others_step_aside(home: Home, one_turn: bytes) -> None:
    logs = {f"exp_{number}": one_turn * 300 for number in range(8)}
    for experiment_id, data in logs.items():
        home.write_log(experiment_id, data)
    started = [home.start("compress") for _ in range(8)]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in started]
    statuses = sorted(status for _, _, status in ended)
    assert set(statuses) <= {0, 75}
    assert 0 in statuses
    for _, err, status in ended:
        if status == 75:
            assert b"another process compresses what is in" in err
    assert sorted(f"{name}.events.jsonl.gz" for name in logs) == sorted(os.listdir(home.store))
    for name, data in logs.items():
        assert data == gzip.decompress((home.store / f"{name}.events.jsonl.gz").read_bytes())


def test_of_eight_at_once_on_one_log_none_fails_in_another_way(home: Home, one_turn: bytes) -> None:
    home.write_log("exp_1", one_turn * 2000)
    started = [home.start("compress", "exp_1") for _ in range(8)]
    ended = [(*process.communicate(timeout=60), process.returncode) for process in started]
    # Who comes too late finds an archive, and has nothing to do.
    assert {status for _, _, status in ended} <= {0, 75, 2}
    assert 1 == sum(b" to 1" in err for _, err, _ in ended)
    assert ["exp_1.events.jsonl.gz"] == os.listdir(home.store)


@pytest.mark.skipif(cores() < 2, reason="there is one processor only")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it_and_leaves_nothing_half_made_behind(
    home: Home, one_turn: bytes, number: int
) -> None:
    for name in range(6):
        home.write_log(f"exp_{name}", one_turn * 1500)
    with home.start("compress") as process:
        until(lambda: any(home.store.glob(".*.tmp")))
        children = children_of(process.pid)
        process.send_signal(number)
        assert (-number, b"") == (process.wait(60), process.stdout and process.stdout.read())
    until(lambda: not any(map(is_there, children)))
    assert [] == list(home.store.glob(".*"))
    assert {one_turn * 1500} == set(home.logs().values())
    assert 6 == len(home.logs())


def test_beside_live_runs_only_what_ended_is_packed(home: Home) -> None:
    with home.start("run", "-a", "sim:chatty,pace=5", "--id", "live", "-t", "50") as live:
        assert live.stdout is not None
        live.stdout.readline()
        home.run("run", "-t", "1", "--id", "ended")
        home.run("compress")
        there = sorted(name for name in os.listdir(home.store) if "events" in name)
        named = home.run("compress", "live")
        live.terminate()
        live.communicate(timeout=60)
    assert ["ended.events.jsonl.gz", "live.events.jsonl"] == there
    assert 75 == named.status


def test_other_programs_read_what_it_makes(home: Home) -> None:
    home.run("run", "-t", "2", "--id", "exp_1", "--seed", "7")
    log = home.logs()["exp_1"]
    archive = home.store / "exp_1.events.jsonl.gz"
    found = home.shell(
        f"gzip -t {archive} && zgrep -c . {archive} && zcat {archive} | jq -r .id | wc -l"
    )
    assert (0, "") == (found.status, found.err)
    lines = log.count(b"\n")
    assert f"{lines}\n{lines}\n".encode() == found.out


def test_stdin_is_packed_to_stdout(home: Home, one_turn: bytes) -> None:
    done = home.run("compress", "-", input=one_turn)
    assert (0, "", one_turn) == (done.status, done.err, gzip.decompress(done.out))
