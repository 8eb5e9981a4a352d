"""`check` as several processes: they end with the first one, however that ends."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from pidgin_cli.processes.cores import cores
from tests.pipes.processes import Home, children_of, is_there, until


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="there is no /proc here")
@pytest.mark.skipif(cores() < 2, reason="there is one processor only")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_its_processes_end_with_it_and_say_nothing(
    home: Home, one_turn: bytes, number: int
) -> None:
    for name in range(4):
        home.write_log(f"exp_{name}", one_turn * 1000)
    with home.start("check") as process:
        until(lambda: len(children_of(process.pid)) > 1)
        children = children_of(process.pid)
        process.send_signal(number)
        # stdout is theirs as well: it ends when the last of them does.
        out, err = process.communicate(timeout=60)
    until(lambda: not any(map(is_there, children)))
    assert (-number, b"", b"") == (process.returncode, out, err)
