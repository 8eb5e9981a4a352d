"""A disk that fails at the Nth write, for N = 1, 2, … until one passes, whatever is written."""

from __future__ import annotations

import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from pidgin_cli.cli.indexing import Indexing
from pidgin_cli.index.database import IndexFile
from pidgin_cli.store.folder import Folder
from tests.index.stores import laid_open
from tests.pipes.processes import Home, Outcome

pytestmark = pytest.mark.timeout(3600)

CALLS = (
    *("write", "pwrite64", "ftruncate", "fsync", "fdatasync"),
    *("rename", "link", "linkat", "unlink", "mkdir"),
)
ANOTHER_PROGRAM = b"libs found in cache"
"""What ldconfig writes, which Python asks for the C library of inotify."""


@dataclass(frozen=True)
class Work:
    """A command that writes.

    Args:
        arguments: what is typed.
        is_done: whether what it is for has happened, all of it.
        writes: the call by which it writes.
    """

    arguments: str
    is_done: Callable[[Home], bool]
    writes: str = "write"


def is_indexed(home: Home) -> bool:
    other = home.root / "rebuilt.db"
    Indexing(Folder(home.store), IndexFile(other), rebuild=True).once()
    return laid_open(other) == laid_open(home.store / "index.db")


def exists(name: str, least: int = 1) -> Callable[[Home], bool]:
    return lambda home: (home.root / name).exists() and (home.root / name).stat().st_size >= least


WORK = {
    "run": Work(
        "run -q -t 1 --id new", lambda home: b"experiment.completed" in home.logs().get("new", b"")
    ),
    "compress": Work("compress -q", lambda home: not list(home.store.glob("*.jsonl"))),
    "rm": Work("rm -q --force exp_1", lambda home: "exp_1" not in home.logs(), "pwrite64"),
    "prune": Work(
        "prune -q --force --keep-size 1B",
        lambda home: not {"exp_1", "exp_2"} & set(home.logs()),
        "pwrite64",
    ),
    "index": Work("index -q", is_indexed, "pwrite64"),
    "export -o": Work("export -q exp_1 exp_2 -f csv -o it.csv", exists("it.csv", 20_000)),
    "export to parquet": Work("export -q exp_1 -f parquet -o it.parquet", exists("it.parquet")),
    "transcript -o": Work("transcript -q exp_1 -o it.md", exists("it.md", 500)),
    "config init": Work("config init -q", exists(".config/pidgin/pidgin.yaml", 500)),
    "tail --cursor-file": Work("tail -q --no-follow --cursor-file it", exists("it")),
    "redact --report": Work("redact -q exp_1 --content --report it", exists("it")),
}
REMOVING = {"rm": {"exp_1"}, "prune": {"exp_1", "exp_2"}}
"""Experiments that may be gone."""


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, one_turn: bytes) -> Home:
    """A home with two experiments, of which one is in the index."""
    home = Home(tmp_path_factory.mktemp("first"))
    home.write_log("exp_1", one_turn)
    home.run("index", "-q")
    home.write_log("exp_2", one_turn.replace(b"exp_1", b"exp_2"))
    return home


@pytest.fixture
def a_home(tmp_path: Path, first: Home) -> Callable[[], Home]:
    """Give such a home, each time a new one."""
    numbers = count()

    def made() -> Home:
        home = Home(tmp_path / f"{next(numbers)}")
        home.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        shutil.copytree(first.root, home.root)
        return home

    return made


def failing(strace: str, home: Home, work: Work, call: str, fault: str, nth: int) -> Outcome:
    """Run the command while the Nth of its calls fails."""
    return traced(
        home,
        work,
        [
            strace,
            "-f",
            "-qq",
            "-o",
            str(home.root / "trace"),
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:error={fault}:when={nth}",
        ],
    )


def traced(home: Home, work: Work, before: list[str]) -> Outcome:
    return home.outcome_of([*before, *home.command(*work.arguments.split())])


def has_failed(home: Home) -> bool:
    """Say whether the fault met the command, and not its last words or a program that it asked."""
    lines = (home.root / "trace").read_bytes().splitlines()
    lines = [line for line in lines if b" write(2, " not in line]
    others = {line.split()[0] for line in lines if ANOTHER_PROGRAM in line}
    return any(b"(INJECTED)" in line and line.split()[0] not in others for line in lines)


def _last_words_failed(home: Home) -> bool:
    """Say whether the Nth call of the first process was to tell of the fault of another one."""
    trace = home.root / "trace"
    lines = trace.read_bytes().splitlines() if trace.exists() else []
    return any(b" write(2, " in line and b"(INJECTED)" in line for line in lines)


def numbers(full: bool) -> Iterator[int]:
    """Give every number, or a few."""
    return count(1) if full else (8**power for power in count())


@pytest.mark.parametrize("fault", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("name", WORK)
def test_whatever_call_fails_nothing_is_lost_and_one_line_says_it(
    a_home: Callable[[], Home],
    strace: str,
    name: str,
    fault: str,
    full: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not full and fault != "ENOSPC":
        pytest.skip("only with --full")
    work, faults = WORK[name], 0
    for call in CALLS if full else (work.writes,):
        for nth in numbers(full):
            home = a_home()
            outcome = failing(strace, home, work, call, fault, nth)
            if not has_failed(home):
                assert (0, True) == (outcome.status, work.is_done(home))
                break
            faults += 1
            check(home, name, outcome)
            shutil.rmtree(home.root)
    assert faults > 0
    if full:
        with capsys.disabled():
            sys.stdout.write(f"\n{name}: {faults} times {fault}, nothing lost\n")


def check(home: Home, name: str, outcome: Outcome) -> None:
    """See that a failure is none of the logs', that it was told, and that the next try goes well.

    Raises:
        AssertionError: it is not so.
    """
    said = outcome.err.splitlines()
    if outcome.status == 0:
        # A database that could not be tidied up is whole all the same.
        assert ([], True) == (said, WORK[name].is_done(home))
    elif not _last_words_failed(home):
        # Of several logs, each has a line.
        assert len(said) in ((1, 2) if name == "compress" else (1,)), said
        assert all(line.startswith("pidgin: ") for line in said), said
    kept = {"exp_1", "exp_2"} - REMOVING.get(name, set())
    for experiment_id, log in home.logs().items():
        assert log == b"" or log.endswith(b"\n")
        kept.discard(experiment_id)
    assert set() == kept
    again = WORK[name]
    if name == "run" and "new" in home.logs():
        again = Work("run -q --resume new", again.is_done)
    if not again.is_done(home):
        retried = traced(home, again, [])
        assert (0, "", True) == (retried.status, retried.err, again.is_done(home))


@contextmanager
def limited(most: int) -> Iterator[None]:
    """Let no file become larger than that, so that the system cuts a write short."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, heard)


@pytest.mark.parametrize("name", WORK)
def test_a_write_that_is_cut_short_loses_nothing(
    a_home: Callable[[], Home], name: str, full: bool
) -> None:
    if not full and name not in ("run", "compress"):
        pytest.skip("only with --full")
    for most in range(100, 20_000, 700) if full else (3_000,):
        home = a_home()
        with limited(most):
            outcome = traced(home, WORK[name], [])
        if outcome.status:
            check(home, name, outcome)
        else:
            assert WORK[name].is_done(home)
        shutil.rmtree(home.root)


def test_where_memory_is_short_an_export_says_so_and_leaves_nothing(
    home: Home, one_turn: bytes
) -> None:
    home.write_log("exp_1", one_turn)
    export = "pidgin export exp_1 -f parquet -o out.parquet"
    outcomes = [
        home.shell(f"ulimit -v {limit}; {export}") for limit in range(60_000, 240_000, 30_000)
    ]
    # With even less, Python itself cannot begin, or the loader of libraries gives up.
    failed = [each for each in outcomes if each.status == 1 and "pidgin: " in each.err]
    assert failed
    for each in failed:
        # Libraries may have had their own say before.
        *said, last = each.err.splitlines()
        assert last.startswith("pidgin: memory is short")
        assert not any("pidgin" in line or "Traceback" in line for line in said), said
    assert {path.name for path in home.root.iterdir()} <= {"store", "out.parquet"}
