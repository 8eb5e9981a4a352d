"""A disk that is full, or that fails, costs the event that did not fit and no other."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from pidgin_cli.errors import StoreError
from pidgin_cli.events.codec import decode, encode
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from tests.pipes.store_programs import command

pytestmark = pytest.mark.timeout(600)


def event(size: int) -> Draft:
    return Draft("response.completed", {"content": os.urandom(size // 2).hex()}, 0, "agent_a")


def filled(disk: Path) -> None:
    """Leave not one block free."""
    with suppress(OSError), (disk / "other").open("ab", buffering=0) as other:
        while True:
            other.write(b"x" * 4096)


def appended(store: EventStore, size: int) -> Iterator[bytes]:
    while True:
        yield encode(store.append("exp_1", event(size)))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB, which this process may only make where it may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None:
        pytest.skip("there is no mount here")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)],
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], timeout=60, check=True)


@pytest.mark.parametrize("size", [100, 3_000, 100_000])
def test_on_a_disk_that_fills_up_every_event_is_whole_or_not_there(small_disk: Path, size: int):
    folder, written = Folder(small_disk / "events"), []
    with EventStore(folder, durability="none") as store:
        with pytest.raises(StoreError, match=r"No space left on device; free some space there"):
            written.extend(appended(store, size))
        with pytest.raises(StoreError):
            store.append("exp_1", event(1))
    whole = folder.log("exp_1").read_bytes()
    assert len(whole) > 100_000
    assert b"".join(written) == whole


def test_when_there_is_space_again_the_experiment_goes_on(small_disk: Path):
    folder = Folder(small_disk / "events")
    (small_disk / "other").write_bytes(b"x" * 150_000)
    with EventStore(folder) as store, pytest.raises(StoreError):
        deque(appended(store, 10_000))
    before = folder.log("exp_1").read_bytes()
    (small_disk / "other").unlink()
    with EventStore(folder) as store:
        after = store.append("exp_1", Draft("checkpoint.saved", {}))
    assert before + encode(after) == folder.log("exp_1").read_bytes()
    assert not folder.torn("exp_1").exists()
    assert before.count(b"\n") == after.data["events"]


def test_on_a_disk_that_is_full_nothing_half_made_is_left(small_disk: Path):
    folder = Folder(small_disk / "events")
    folder.make()
    filled(small_disk)
    with EventStore(folder) as store, pytest.raises(StoreError, match="No space left"):
        store.append("exp_1", event(10_000))
    assert [] == os.listdir(folder.root)


def test_a_torn_end_that_cannot_be_kept_stays_in_the_log(small_disk: Path):
    folder = Folder(small_disk / "events")
    folder.make()
    torn = encode(EventStore(None).append("exp_1", event(1))) + b'{"torn'
    folder.log("exp_1").write_bytes(torn)
    filled(small_disk)
    with EventStore(folder) as store, pytest.raises(StoreError, match="cannot mend the torn end"):
        store.resume("exp_1")
    assert torn == folder.log("exp_1").read_bytes()


@pytest.mark.parametrize(
    ("fault", "complaint"),
    [
        ("error=ENOSPC", b"No space left on device"),
        ("error=EIO", b"Input/output error"),
    ],
)
def test_whatever_write_the_system_fails_at_the_log_is_whole(
    tmp_path: Path, strace: str, fault: str, complaint: bytes
):
    events = 4
    for nth in range(1, events + 2):
        root = tmp_path / f"{nth}"
        log = Folder(root).log("exp_1")
        root.mkdir()
        inject = ["-qq", "-o", os.devnull, "-P", str(log), "-e", f"inject=write:{fault}:when={nth}"]
        done = subprocess.run(
            [strace, "-f", *inject, *command("write", str(root), "exp_1", str(events), "0")],
            capture_output=True,
            timeout=120,
            check=False,
        )
        printed = done.stdout.decode().splitlines()
        failed = nth <= events
        assert (failed, nth - 1 if failed else events) == (bool(done.returncode), len(printed))
        assert int(failed) == done.stderr.count(b"\n") == done.stderr.count(complaint)
        lines = log.read_bytes().split(b"\n")[:-1] if log.exists() else []
        assert printed == [decode(line).id for line in lines]
        assert log.exists() == bool(printed)
