"""Signals while something is half made: it is taken away, and the process ends by the signal."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.pipes.processes import Home, children_of, ended, is_there, until

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OF_STDIN = {
    "table": "export - -f csv -o out/t.csv",
    "parquet": "export - -f parquet -o out/t.parquet",
    "chats": "export - -f messages --as agent_a -o out/t.jsonl",
    "folder": "export - --partition-by type -o out/t",
    "replaced folder": "export - --partition-by type --force -o out/old",
    "transcript": "transcript - -f html -o out/t.html",
    "replaced transcript": "transcript - -f text --force -o out/old.txt",
    "query": "query cost -",
}
OF_LOGS = {
    "table": "export big.jsonl big.jsonl -f csv -o out/t.csv",
    "transcript": "transcript big.jsonl big.jsonl -f html -o out/t.html",
    "compress": "compress --level 9 out/big.events.jsonl",
    "compress two": "compress --level 9 out/big.events.jsonl out/big_2.events.jsonl",
}
cases = pytest.mark.parametrize("number", SIGNALS)


@pytest.fixture
def out(home: Home) -> Path:
    """A folder with a file and a folder that could be replaced."""
    folder = home.root / "out"
    (folder / "old").mkdir(parents=True)
    (folder / "old" / "part-0.parquet").write_bytes(b"old")
    (folder / "old.txt").write_bytes(b"old")
    home.environ["TMPDIR"] = str(folder)
    return folder


def content(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def signalled(
    home: Home, arguments: Sequence[str], number: int, send: Callable[[int, int], None], **how: int
) -> tuple[int, bytes, str]:
    """Send a signal as soon as something is half made, and give how the process ended."""
    with home.start(*arguments, start_new_session=True, **how) as process:
        until(lambda: any(set(home.root.glob("out/.*.tmp")) | set(home.root.glob("out/pidgin-*"))))
        children = children_of(process.pid)
        send(process.pid, number)
        # It is told nothing more, and its input does not end.
        process.wait(60)
        told = ended(process).told
    until(lambda: not any(map(is_there, children)))
    return told


@cases
@pytest.mark.parametrize("what", OF_STDIN)
def test_a_signal_leaves_nothing_half_made_of_a_stream(
    home: Home, out: Path, one_turn: bytes, what: str, number: int
) -> None:
    before = content(out)
    source, sink = os.pipe()
    os.write(sink, one_turn)
    try:
        assert (-number, b"", "") == signalled(
            home, OF_STDIN[what].split(), number, os.kill, stdin=source
        )
    finally:
        os.close(source)
        os.close(sink)
    assert before == content(out)


@cases
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to one", "to all"])
@pytest.mark.parametrize("what", OF_LOGS)
def test_a_signal_leaves_nothing_half_made_of_logs(
    home: Home,
    out: Path,
    one_turn: bytes,
    what: str,
    send: Callable[[int, int], None],
    number: int,
) -> None:
    data = one_turn * (12_000_000 // len(one_turn))
    for path in ("big.jsonl", "out/big.events.jsonl", "out/big_2.events.jsonl"):
        (home.root / path).write_bytes(data)
    before = content(out)
    status, written, err = signalled(home, OF_LOGS[what].split(), number, send)
    assert (-number, b"", "") == (status, written, err)
    assert before == content(out)


def test_what_is_to_ignore_a_signal_goes_on(home: Home, out: Path, one_turn: bytes) -> None:
    command = home.command("export", "-", "-f", "csv", "-o", "out/t.csv")
    with subprocess.Popen(
        ["nohup", *command], stdin=subprocess.PIPE, env=home.environ, cwd=home.root
    ) as process:
        assert process.stdin is not None
        process.stdin.write(one_turn)
        process.stdin.flush()
        until(lambda: any(out.glob(".*.tmp")))
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
    assert (0, True) == (process.returncode, (out / "t.csv").stat().st_size > 0)
