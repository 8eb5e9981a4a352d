"""No option is without effect: each one of the commands that have no such table of their own."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Program
from tests.cli.options import command_names, options_of
from tests.pipes.processes import Home
from tests.views.logs import log

TESTS = Path(__file__).parent
LONG_STATEMENT = (
    "with recursive x(i) as (select 1 union all select i + 1 from x limit 300000) "
    "select max(i) as n from x"
)
ELSEWHERE = "--config elsewhere.yaml", "--data-dir other"
WORDS = "--sources-from names"
SELECTED = "--agent agent_b", "--turn 1", "--since 2999-01-01", "--until 2000-01-01"
ECHOES = ("-a", "sim:echo", "-b", "sim:echo", "--seed", "7")
FILES = {
    "elsewhere.yaml": "events: {storage: {data_dir: other}}\n",
    "mine.yaml": "providers: {mine: {kind: openai-compatible, base_url: 'http://here/v1'}}\n",
    "names": "exp_failed\n",
    "key": "0123456789abcdef" * 4,
    "made": "what was there\n",
}
EFFECTS: dict[str, tuple[str, ...]] = {
    "conduct exp_complete pause": ELSEWHERE,
    "redact exp_complete": (
        *(*ELSEWHERE, WORDS),
        *("--key-file key", "--report report", "--check"),
        *("--content", "--hash-models", "--pattern ants", "--regex b.ild", "--builtin secrets"),
    ),
    "redact exp_complete --report made": ("--force",),
    "redact exp_complete --pattern ANTS": ("--ignore-case",),
    "detect exp_complete": (*ELSEWHERE, WORDS),
    "detect exp_echo --window 2": ("--only convergence",),
    "detect exp_echo": ("--profile words", "--threshold 6", "--window 2", "--check-interval 3"),
    "index": (*ELSEWHERE, "--db f.db"),
    "index --db streams.db": ("--rebuild",),
    "query interventions": ("--type turn.started",),
    "query summary": (*ELSEWHERE, "--by model", "--limit 1", "--db streams.db"),
    "query summary --no-update": ("--update",),
    "query summary --format table": ("--no-update", "--format csv"),
    "query search no": SELECTED,
    'query search "ants OR indeed"': ("--raw",),
    "query sql 'select :n as n'": ("--parameter n=2",),
    f"query sql '{LONG_STATEMENT}'": ("--timeout 0.001",),
    "models": ("--provider anthropic", "--format ids", "--config mine.yaml"),
    "config": (*ELSEWHERE, "--format table"),
    "config init --output made": ("--force",),
    "config init": ("--output here.yaml",),
    "config check": ("--quiet",),
    "doctor": (*ELSEWHERE, "--format table"),
}
"""What is typed behind a command line, each by itself."""
BY_ANOTHER_TEST = {
    "conduct": {"--source": "test_conduct.py", "--target": "test_conduct.py"},
    "index": {"--follow": "../pipes/test_index.py", "--wait": "../pipes/test_index.py"},
    "models": {"--refresh": "test_models.py"},
    "query": {"--quiet": "test_query.py"},
}
"""What takes another process, a service or a running experiment, and the file that has it."""
NOTHING_TO_SAY = {
    "conduct": {"--quiet"},
    "redact": {"--quiet"},
    "detect": {"--quiet"},
    "index": {"--quiet"},
    "models": {"--quiet", "--data-dir"},
    "doctor": {"--quiet"},
}
"""What is taken so that one line of options serves every command, and changes nothing here."""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a store of a few logs, another store, and files that options name."""
    root = tmp_path_factory.mktemp("home")
    home = Home(root)
    store, other = root / ".pidgin_data" / "events", root / "other"
    for folder, names in ((store, ("complete", "failed")), (other, ("crashed",))):
        folder.mkdir(parents=True)
        for name in names:
            (folder / f"exp_{name}.events.jsonl").write_bytes(log(name))
    echo = home.run("run", "--no-store", "--id", "exp_echo", "-t", "6", *ECHOES).out
    (store / "exp_echo.events.jsonl").write_bytes(echo)
    for name, text in FILES.items():
        (root / name).write_text(text)
        (root / name).chmod(0o600)
    # So that a key is there, and a database that holds a stream.
    assert 0 == home.run("redact", "--content").status
    assert 0 == home.run("index", "--db", "streams.db", "-", input=echo).status
    return root


@pytest.fixture
def logs(pidgin: Program, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program in a copy of that home."""
    monkeypatch.delenv("PIDGIN_DATA_DIR")
    shutil.copytree(kept, pidgin.root, dirs_exist_ok=True)
    return pidgin


def seen(pidgin: Program, line: str) -> tuple[int, bytes, str, dict[str, bytes]]:
    """Give what somebody sees of a command: its end, its words, and what it leaves behind."""
    outcome = pidgin(*shlex.split(line))
    files = {
        str(path.relative_to(pidgin.root)): b"" if ".db" in path.name else path.read_bytes()
        for path in pidgin.root.rglob("*")
        if path.is_file()
    }
    return outcome.status, outcome.out, outcome.err, files


@pytest.mark.parametrize(
    ("line", "words"), [(line, words) for line, each in EFFECTS.items() for words in each]
)
def test_an_option_makes_a_difference(logs: Program, kept: Path, line: str, words: str) -> None:
    without = seen(logs, line)
    for entry in logs.root.iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(kept, logs.root, dirs_exist_ok=True)
    assert without != seen(logs, f"{line} {words}")


@pytest.mark.parametrize("name", command_names())
def test_every_option_has_a_test(name: str) -> None:
    own = (TESTS / f"test_{name}.py").read_text(encoding="utf-8")
    if f'set(options_of("{name}"))' in own and name != "query":
        return
    typed = [words for line, each in EFFECTS.items() if line.split()[0] == name for words in each]
    tested = {words.split()[0] for words in typed} | NOTHING_TO_SAY.get(name, set())
    for option, file in BY_ANOTHER_TEST.get(name, {}).items():
        assert option in (TESTS / file).read_text(encoding="utf-8")
        tested.add(option)
    assert set(options_of(name)) == tested


@pytest.mark.parametrize("name", NOTHING_TO_SAY)
def test_a_command_that_has_nothing_to_say_says_nothing(logs: Program, name: str) -> None:
    (line, *_) = (line for line in EFFECTS if line.split()[0] == name)
    outcome = logs(*shlex.split(line))
    # A failure is told of all the same, in one line.
    assert outcome.err.count("\n") == (1 if outcome.status and not outcome.out else 0)
