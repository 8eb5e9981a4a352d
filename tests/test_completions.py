from __future__ import annotations

import os
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.cli.options import command_names, options_of
from tests.pipes.processes import until

COMPLETIONS = Path(__file__).parent.parent / "completions"
SCRIPTS: dict[str, str] = runpy.run_path(str(COMPLETIONS / "generate.py"))["scripts"]()
pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A home whose store holds two experiments, and no pidgin on the path."""
    store = tmp_path / ".pidgin_data" / "events"
    store.mkdir(parents=True)
    (store / "exp_7f3a.events.jsonl").touch()
    (store / "old.events.jsonl.gz").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder").mkdir()
    return {"HOME": str(tmp_path), "PATH": os.defpath, "LC_ALL": "C.UTF-8", "TERM": "dumb"}


class Shell:
    """A shell that completes a line."""

    name = ""

    def __init__(self, environ: dict[str, str]) -> None:
        if shutil.which(self.name) is None:
            pytest.skip(f"{self.name} is not installed")
        self.environ = environ

    def words(self, line: str) -> set[str]:
        """Give what could stand at the end of the line."""
        out = self._complete(line)
        return {word for each in out.splitlines() if (word := each.split("\t")[0].strip())}

    def _complete(self, line: str) -> str:
        raise AssertionError

    def _run(self, *command: str, **options: Any) -> str:
        ended = subprocess.run(
            command,
            env=self.environ,
            cwd=self.environ["HOME"],
            capture_output=True,
            text=True,
            timeout=50,
            **options,
        )
        assert "" == ended.stderr
        return ended.stdout


class Bash(Shell):
    name = "bash"

    def _complete(self, line: str) -> str:
        script = COMPLETIONS / "pidgin.bash"
        program = (
            f"source {shlex.quote(str(script))}\n"
            f"COMP_LINE={shlex.quote(line)}; COMP_POINT=${{#COMP_LINE}}\n"
            # Outside of a completion it has no options to set.
            "compopt() { :; }\n"
            '_pidgin; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        return self._run("bash", "--norc", "-c", program)


class Fish(Shell):
    name = "fish"

    def _complete(self, line: str) -> str:
        script = COMPLETIONS / "pidgin.fish"
        program = f"source {shlex.quote(str(script))}; complete -C {shlex.quote(line)}"
        return self._run("fish", "--no-config", "-c", program)


ZSH_THAT_TELLS = """
PROMPT= RPROMPT= PS2=
fpath=({folder} $fpath)
autoload -Uz compinit
compinit -u -D
compadd() {{
    local -a kept
    # With these it fills an array, and adds nothing.
    if (( ! ${{argv[(I)-[OAD]]}} )); then
        builtin compadd -O kept "$@"
        print -rl -- $kept >>found
    fi
    builtin compadd "$@"
}}
_tell() {{ _main_complete; touch done; }}
zle -C tell list-choices _tell
bindkey '^I' tell
"""


class Zsh(Shell):
    name = "zsh"

    def _complete(self, line: str) -> str:
        home = Path(self.environ["HOME"])
        found, done = home / "found", home / "done"
        (home / "tells.zsh").write_text(ZSH_THAT_TELLS.format(folder=shlex.quote(str(COMPLETIONS))))
        shell = pexpect.spawn("zsh", ["-f", "-i"], env=self.environ, cwd=home, timeout=30)
        shell.sendline("source tells.zsh; print REA''DY")
        shell.expect("READY")
        shell.send(f"{line}\t")
        until(done.exists)
        shell.expect([pexpect.TIMEOUT, "command not found"], timeout=0.2)
        assert pexpect.TIMEOUT == shell.after
        shell.close(force=True)
        done.unlink()
        text = found.read_text() if found.exists() else ""
        found.unlink(missing_ok=True)
        return text


@pytest.fixture(params=[Bash, Fish, Zsh])
def shell(request: pytest.FixtureRequest, environ: dict[str, str]) -> Shell:
    made: Shell = request.param(environ)
    return made


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_script_is_what_the_table_of_commands_gives(name: str) -> None:
    written = (COMPLETIONS / name).read_text(encoding="utf-8")
    assert SCRIPTS[name] == written, "run: python completions/generate.py"


def test_every_command_is_completed(shell: Shell) -> None:
    assert set(command_names()) <= shell.words("pidgin ")


def test_the_beginning_of_a_command_is_completed(shell: Shell) -> None:
    assert {"compress", "conduct"} <= shell.words("pidgin co")
    assert "list" not in shell.words("pidgin co")


@pytest.mark.parametrize("command", ["run", "tail", "list"])
def test_every_option_is_completed(shell: Shell, command: str) -> None:
    assert set(options_of(command)) <= shell.words(f"pidgin {command} --")


def test_the_values_of_an_option_are_completed(shell: Shell) -> None:
    assert {"auto", "jsonl", "text"} == shell.words("pidgin run --format ")
    assert {"jsonl"} == shell.words("pidgin run --format j")


def test_models_are_completed_behind_their_colon_too(shell: Shell) -> None:
    assert {"claude", "gpt", "gemini"} <= shell.words("pidgin run -a ")
    words = shell.words("pidgin run -a sim:s")
    # What bash is given goes behind the colon.
    assert {"spiral", "script:"} == {word.removeprefix("sim:") for word in words}


def test_types_of_events_are_completed(shell: Shell) -> None:
    words = {"response.started", "response.streaming", "response.completed", "response.interrupted"}
    assert words == shell.words("pidgin tail --type resp")


def test_experiments_of_the_store_are_completed(shell: Shell) -> None:
    assert {"exp_7f3a", "old", "latest", "all"} <= shell.words("pidgin tail ")
    assert {"exp_7f3a"} == shell.words("pidgin tail exp")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pidgin query ", {"summary", "attractors", "search", "compare", "sql", "exp_7f3a"}),
        ("pidgin query summary e", {"errors", "exp_7f3a"}),
        ("pidgin conduct exp_7f3a ", {"pause", "resume", "stop", "interrupt", "inject"}),
        ("pidgin query compare --by ", {"model", "group", "experiment", "agent", "label:"}),
        ("pidgin list --state ", {"running", "paused", "crashed"}),
        ("pidgin redact --builtin ", {"secrets", "email"}),
        ("pidgin detect --only ", {"convergence", "attractor"}),
        ("pidgin man ", {"run", "pidgin.yaml"}),
        ("pidgin run --on ", {"convergence=stop", "cost=off"}),
        ("pidgin run note", {"notes.txt"}),
    ],
)
def test_what_else_can_stand_there_is_completed(shell: Shell, line: str, words: set[str]) -> None:
    assert words <= shell.words(line)


def test_what_stands_behind_an_equals_sign_is_completed(shell: Shell) -> None:
    # What bash is given goes behind the sign.
    words = {
        word.removeprefix("convergence=") for word in shell.words("pidgin run --on convergence=s")
    }
    assert {"stop"} == words


def test_another_store_is_asked_where_the_environment_names_one(shell: Shell) -> None:
    shell.environ["PIDGIN_DATA_DIR"] = shell.environ["HOME"]
    assert "exp_7f3a" not in shell.words("pidgin tail ")


def test_files_and_folders_are_completed(shell: Shell) -> None:
    assert "notes.txt" in shell.words("pidgin run --config n")
    folders = {word.rstrip("/") for word in shell.words("pidgin run --data-dir fo")}
    assert {"folder"} == folders
