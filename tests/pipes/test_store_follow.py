"""Following the log of another process, through everything that may happen to it."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from pidgin_cli.store.folder import Folder
from tests.pipes.store_programs import command

pytestmark = pytest.mark.timeout(300)


def test_every_line_of_another_process_comes_once_and_the_following_ends_with_it(
    tmp_path: Path, full: bool
):
    count = 100_000 if full else 10_000
    path = Folder(tmp_path).log("exp_1")
    writer = subprocess.Popen(
        command("write", str(tmp_path), "exp_1", str(count), "100"), stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline()
    follower = subprocess.Popen(command("follow", str(path)), stdout=subprocess.PIPE)
    printed = writer.stdout.read()
    writer.stdout.close()
    followed, _ = follower.communicate(timeout=120)
    assert (0, 0) == (writer.wait(60), follower.returncode)
    assert count - 1 == printed.count(b"\n")
    assert path.read_bytes() == followed


def test_the_following_of_a_writer_that_is_killed_ends(tmp_path: Path):
    path = Folder(tmp_path).log("exp_1")
    writer = subprocess.Popen(command("hold", str(tmp_path), "exp_1"), stdout=subprocess.PIPE)
    assert writer.stdout is not None
    assert b"held\n" == writer.stdout.readline()
    follower = subprocess.Popen(command("follow", str(path)), stdout=subprocess.PIPE)
    assert follower.stdout is not None
    # Its sink is flushed before it waits.
    line = follower.stdout.readline()
    assert follower.poll() is None
    writer.send_signal(signal.SIGKILL)
    writer.wait(60)
    writer.stdout.close()
    rest, _ = follower.communicate(timeout=60)
    assert (path.read_bytes(), b"", 0) == (line, rest, follower.returncode)
