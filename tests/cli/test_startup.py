"""What a command loads: a stage of a pipe pays only for what it uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.options import command_names
from tests.pipes.processes import Home

HEAVY = frozenset(
    {
        "asyncio",
        "certifi",
        "deflate",
        "httpx",
        "isal",
        "numpy",
        "pydantic",
        "pyarrow",
        "re2",
        "rich",
        "sqlite3",
        "sqlite_utils",
        "ssl",
        "yaml",
    }
)
LOADED = """
import os, sys
sys.argv = ["pidgin", *sys.argv[1:]]
def end(status, end=os._exit):
    print(*sys.modules, file=sys.stderr, flush=True)
    end(status)
os._exit = end
from pidgin_cli.__main__ import main
main()
"""

PACKING = {"deflate", "isal"}
ALLOWED = {
    "--version": set(),
    "--help": set(),
    "tail --no-follow": set(),
    "tail exp_1": set(),
    "tail - --format text": set(),
    "detect exp_1": set(),
    "replay exp_1": set(),
    "check exp_1": set(),
    "compress --dry-run": set(),
    "prune --older-than 1d --dry-run": set(),
    "rm exp_1 --dry-run": set(),
    "transcript exp_1": set(),
    "transcript exp_1 -f html": set(),
    "transcript exp_1 -f json": set(),
    "transcript exp_1 --as agent_a": set(),
    "export exp_1 -f csv": set(),
    "export exp_1 -f messages --as agent_a": set(),
    "list": set(),
    "redact": set(),
    "list -f table": set(),
    "run --help": {"asyncio", "ssl"},
    "run -t 1 --no-store": {"asyncio", "ssl"},
    "run -t 1 --format text -a sim:terse -b sim:terse": {"asyncio", "ssl", *PACKING, "sqlite3"},
    "index --help": {"sqlite3"},
    "index": {"sqlite3"},
    "query usage": {"sqlite3"},
}


def loaded(home: Home, *arguments: str) -> set[str]:
    """Give the modules that are loaded at the end of a command."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        env=home.environ,
        cwd=home.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("command", ALLOWED)
def test_a_command_loads_nothing_heavy_that_it_does_not_need(
    home: Home, one_turn: bytes, command: str
) -> None:
    home.write_log("exp_1", one_turn)
    modules = loaded(home, *command.split())
    assert (modules & HEAVY) - at_start() - ALLOWED[command] == set()


def at_start() -> set[str]:
    """Give what Python itself loads at its start, as an installed .pth file may ask it to."""
    bare = [sys.executable, "-c", "import sys; print(*sys.modules)"]
    return set(subprocess.check_output(bare, text=True).split())


def test_the_version_is_answered_before_typer_is_loaded(home: Home) -> None:
    modules = loaded(home, "--version")
    assert not {"typer", "typing", "re", "enum"} & modules - at_start()
    assert "pidgin_cli.cli" not in modules


def test_a_command_that_keeps_no_file_and_draws_no_number_loads_nothing_for_it(home: Home) -> None:
    for command in ("list", "tail --no-follow", "compress --dry-run"):
        assert not {"random", "secrets", "tempfile"} & loaded(home, *command.split())


def test_what_was_loaded_is_not_searched_for_garbage(home: Home) -> None:
    code = LOADED.replace(
        "print(*sys.modules", "import gc; print(gc.isenabled(), gc.get_freeze_count() > 10_000"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "list"],
        env=home.environ,
        cwd=home.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "True True"


def test_help_of_the_program_loads_no_command(home: Home) -> None:
    modules = loaded(home, "--help")
    assert not {f"pidgin_cli.cli.commands.{name}" for name in command_names()} & modules


def test_a_command_loads_no_other_command(home: Home) -> None:
    modules = loaded(home, "list")
    others = set(command_names()) - {"list"}
    assert not {f"pidgin_cli.cli.commands.{name}" for name in others} & modules


def test_yaml_is_loaded_where_there_is_a_configuration(home: Home) -> None:
    (home.root / "pidgin.yaml").write_text("defaults: {max_turns: 5}\n")
    assert "yaml" in loaded(home, "list")


def test_the_package_itself_loads_nothing(home: Home) -> None:
    code = "import sys, pidgin_cli; print(*sys.modules)"
    out = subprocess.check_output(
        [sys.executable, "-c", code], env=home.environ, cwd=home.root, text=True, timeout=60
    )
    ours = {name for name in out.split() if name.startswith("pidgin_cli")}
    assert ours == {"pidgin_cli", "pidgin_cli.version"}


def test_nothing_is_written_into_the_home_by_looking(home: Home) -> None:
    for command in ("--version", "--help", "list", "run --help"):
        home.run(*command.split())
    assert [path for path in Path(home.root).rglob("*") if "__pycache__" not in path.parts] == []
