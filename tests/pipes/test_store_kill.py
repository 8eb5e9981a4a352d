"""A writer that is killed, at whatever moment, loses nothing that it said was there."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pidgin_cli.errors import BadLineError, LockedError
from pidgin_cli.events.codec import decode
from pidgin_cli.events.kind import Draft
from pidgin_cli.store.event_store import EventStore
from pidgin_cli.store.folder import Folder
from pidgin_cli.store.overview import is_locked, overview
from tests.pipes.store_programs import command, ids_of, run

pytestmark = pytest.mark.timeout(1800)


def nothing_is_lost(folder: Folder, printed: list[list[str]]) -> int:
    """See that a log is what its killed writers said; give how many torn fragments there were."""
    with EventStore(folder, durability="none") as store:
        last = store.append("exp_1", Draft("checkpoint.saved", {}))
    ids = ids_of(folder.log("exp_1"))
    assert last.id == ids.pop()
    for number, writer in enumerate(filter(None, printed)):
        # What a writer printed stands in one piece, and then at most one event that it did not.
        own = [each for each in ids if each.partition("-")[0] == writer[0].partition("-")[0]]
        assert writer == own[: len(writer)], number
        assert len(own) <= len(writer) + 1
    if not folder.torn("exp_1").exists():
        return 0
    fragments = folder.torn("exp_1").read_bytes().split(b"\n")[:-1]
    for fragment in fragments:
        with pytest.raises(BadLineError):
            decode(fragment)
    assert len(fragments) <= len(printed)
    return len(fragments)


def test_no_event_that_was_printed_is_lost_however_often_its_writer_is_killed(
    tmp_path: Path, full: bool, capsys: pytest.CaptureFixture[str]
):
    logs, rounds = (100, 10) if full else (5, 5)
    events = torn = 0
    for number in range(logs):
        root = tmp_path / str(number)
        done = run("killed", str(root), str(rounds), str(number))
        printed = [json.loads(line) for line in done.stdout.splitlines()]
        assert rounds == len(printed)
        events += sum(map(len, printed))
        torn += nothing_is_lost(Folder(root), printed)
        shutil.rmtree(root)
    assert events > 0
    if full:
        with capsys.disabled():
            sys.stdout.write(f"\n{logs * rounds} kills, {events} events, {torn} torn, none lost\n")


def test_a_killed_writer_frees_its_lock_and_reads_crashed(tmp_path: Path):
    folder = Folder(tmp_path)
    with subprocess.Popen(command("hold", str(tmp_path), "exp_1"), stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        assert b"held\n" == held.stdout.readline()
        assert "running" == overview(folder, "exp_1").state
        with EventStore(folder) as store, pytest.raises(LockedError):
            store.resume("exp_1")
        held.send_signal(signal.SIGKILL)
        held.wait(60)
    assert not is_locked(folder.log("exp_1"))
    assert "crashed" == overview(folder, "exp_1").state
    with EventStore(folder) as store:
        store.resume("exp_1")
