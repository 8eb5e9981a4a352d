"""Disks that are full or that cannot be written: one line, the right status, nothing broken."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.pipes.processes import Home, events_of, seal_in, seal_of, types_of

Mount = Callable[..., Path]


@pytest.fixture
def mount(home: Home) -> Iterator[Mount]:
    """Mount something on a folder of the home, where that is allowed."""
    mounted: list[Path] = []

    def mounts(name: str, *arguments: str) -> Path:
        path = home.root / name
        path.mkdir(exist_ok=True)
        done = subprocess.run(
            ["mount", *arguments, str(path)], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"cannot mount here: {done.stderr.strip()}")
        mounted.append(path)
        return path

    yield mounts
    for path in reversed(mounted):
        subprocess.run(["umount", str(path)], check=True)


@pytest.fixture
def small_disk(home: Home, mount: Mount) -> Path:
    return mount("store", "-t", "tmpfs", "-o", "size=400k", "tmpfs")


def configured(home: Home, min_free: str) -> str:
    path = home.root / "config.yaml"
    path.write_text(f"events: {{storage: {{min_free: {min_free}}}}}\n")
    return str(path)


def whole_lines(log: bytes) -> bool:
    """Say whether every line of a log is an event, the last one too."""
    return log.endswith(b"\n") and len(events_of(log)) == log.count(b"\n")


def test_a_run_that_would_begin_below_the_least_free_space_is_refused(
    home: Home, small_disk: Path
) -> None:
    outcome = home.run("run", "--id", "exp_1")
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (1, b"", 1)
    assert "bytes are free on the disk" in outcome.err
    assert list(small_disk.iterdir()) == []


def test_a_run_pauses_before_the_disk_is_full(home: Home, small_disk: Path) -> None:
    config = configured(home, "200kB")
    outcome = home.run("run", "-t", "500", "--id", "exp_1", "--config", config)
    log = home.logs()["exp_1"]
    pause = events_of(log)[-2]["data"]
    assert (outcome.status, outcome.out) == (4, log)
    assert outcome.err == f"pidgin: exp_1 paused: {pause['detail']}\n"
    assert types_of(log)[-2:] == ["pause.requested", "checkpoint.saved"]
    assert pause["reason"] == "disk"
    assert seal_in(log) == seal_of(log)
    assert home.states() == {"exp_1": "paused"}


def test_of_several_experiments_all_pause_before_the_disk_is_full(
    home: Home, small_disk: Path
) -> None:
    config = configured(home, "200kB")
    outcome = home.run("run", "-t", "500", "-r", "4", "-j", "4", "--config", config)
    assert (outcome.status, outcome.err.count("\n")) == (4, 4)
    assert list(home.states().values()) == ["paused"] * 4


@pytest.mark.parametrize("durability", ["none", "batch", "always"])
def test_a_full_disk_ends_a_run_with_one_line_and_leaves_whole_lines(
    home: Home, small_disk: Path, one_turn: bytes, durability: str
) -> None:
    home.write_log("earlier", one_turn)
    config = home.root / "config.yaml"
    config.write_text(f"events: {{storage: {{min_free: 0, durability: {durability}}}}}\n")
    outcome = home.run("run", "-t", "500", "--id", "exp_1", "--config", str(config))
    logs = home.logs()
    assert (outcome.status, outcome.out) == (1, logs["exp_1"])
    assert outcome.err == (
        f"pidgin: cannot write {home.log('exp_1')}: No space left on device; "
        "free some space there\n"
    )
    assert whole_lines(logs["exp_1"])
    assert logs["earlier"] == one_turn
    assert home.states()["exp_1"] == "crashed"


@pytest.mark.parametrize("min_free", ["0", "100kB"])
def test_what_a_full_disk_ended_goes_on_where_there_is_room_again(
    home: Home, small_disk: Path, min_free: str
) -> None:
    run = ("run", "-t", "24", "--seed", "7", "--config", configured(home, min_free))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(250_000))
    assert home.run(*run, "--id", "exp_1").status in (1, 4)
    ballast.unlink()
    again = home.run("run", "--resume", "exp_1", "--config", configured(home, "0"))
    whole = home.run(*run, "--no-store").out
    assert (again.status, again.err) == (0, "")
    assert said(home.logs()["exp_1"]) == said(whole)


def said(log: bytes) -> list[str]:
    return [e["data"]["content"] for e in events_of(log) if e["type"] == "response.completed"]


def test_a_full_disk_ends_several_experiments_with_a_line_for_each(
    home: Home, small_disk: Path
) -> None:
    config = configured(home, "0")
    outcome = home.run("run", "-t", "500", "-r", "4", "-j", "4", "--config", config)
    logs = home.logs()
    assert outcome.status == 1
    assert len(logs) == 4
    assert all(whole_lines(log) for log in logs.values())
    for line in outcome.err.splitlines():
        assert "No space left on device" in line
    assert len(outcome.err.splitlines()) == 4


def test_a_disk_without_room_for_the_first_line_leaves_no_log(home: Home, small_disk: Path) -> None:
    config = configured(home, "0")
    with (small_disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    outcome = home.run("run", "--id", "exp_1", "--config", config)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (1, b"", 1)
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]


def test_a_full_disk_is_no_matter_without_a_store(home: Home, small_disk: Path) -> None:
    outcome = home.run("run", "-t", "2", "--no-store")
    assert (outcome.status, outcome.err) == (0, "")
    assert list(small_disk.iterdir()) == []


def test_a_folder_that_is_read_only_is_refused_in_one_line(
    home: Home, mount: Mount, one_turn: bytes
) -> None:
    home.write_log("earlier", one_turn)
    store = str(home.store)
    mount("store", "--bind", store)
    subprocess.run(["mount", "-o", "remount,ro,bind", store], check=True)
    before = home.everything()
    outcome = home.run("run", "--id", "exp_1")
    assert (outcome.status, outcome.out) == (1, b"")
    assert outcome.err == f"pidgin: cannot make {home.log('exp_1')}: Read-only file system\n"
    assert home.everything() == before


@pytest.mark.parametrize("arguments", [["list"], ["tail", "--no-follow"], ["tail", "earlier"]])
def test_a_folder_that_is_read_only_can_be_read(
    home: Home, mount: Mount, one_turn: bytes, arguments: list[str]
) -> None:
    home.write_log("earlier", one_turn)
    store = str(home.store)
    mount("store", "--bind", store)
    subprocess.run(["mount", "-o", "remount,ro,bind", store], check=True)
    outcome = home.run(*arguments)
    assert (outcome.status, outcome.err) == (0, "")
    assert b"earlier" in outcome.out or b"exp_1" in outcome.out
