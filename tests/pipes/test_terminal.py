"""What reaches a terminal: nothing that acts on it but newline, tab and the view's colours."""

from __future__ import annotations

import os
import pty
import random
import re
import subprocess
import sys
import termios
import threading
import time
import tty
import unicodedata
from pathlib import Path

import orjson
import pytest

from pidgin_cli.views.width import width
from tests.pipes.processes import PATIENCE, Home, types_of

OWN_COLOURS = re.compile(r"\x1b\[(0|2|3[1-6]|9[36])m")
OSC = (
    "\x1b]0;owned\x07",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9d0;owned\x9c",
    "\x1b[2J\x1b[H",
    "\x1b[31mred\x1b[0m",
    "\x1b[?1049h",
    "\x1bP$q\x1b\\",
    "\x07\x08\x0b\x0c\x0e\x7f\x85",
    "a\rb",
    "\u202eevil\u202c\u2066x\u2069",
    "\u2028\u2029\ufeff\u200b",
    "\ud7ff\U000e0041\U000e007f",
)
ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Joiners may stand behind a letter or an emoji beyond ASCII, where scripts need them.
JOINERS = "\u200c\u200d"
# Signs that stand under digits are of the same category as what hides, and are seen.
SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd"

ALLOWED = "\n\t" + JOINERS + SIGNS


def acting(shown: str) -> set[str]:
    """Give the characters of a text that would act on a terminal, or hide."""
    return {
        character
        for character in set(shown) - set(ALLOWED)
        if unicodedata.category(character) in ACTING
    }


class Terminal:
    """A terminal that a program is started on, and what arrives there."""

    def __init__(self) -> None:
        self.master, self.slave = pty.openpty()
        # Newlines are to arrive as they were written.
        tty.setraw(self.slave)
        self._pieces: list[bytes] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self.master, 1 << 16)
            except OSError:
                return
            if not piece:
                return
            self._pieces.append(piece)

    @property
    def shown(self) -> bytes:
        return b"".join(self._pieces)

    def finish(self) -> str:
        """Wait until everything has arrived, and give it."""
        os.close(self.slave)
        self._reader.join(PATIENCE)
        os.close(self.master)
        return self.shown.decode()


def on_terminal(home: Home, *arguments: str, columns: int = 0, **options: object) -> str:
    """Run a command whose stdout and stderr are a terminal, and give what is shown."""
    terminal = Terminal()
    termios.tcsetwinsize(terminal.slave, (24, columns))
    with home.start(*arguments, stdout=terminal.slave, stderr=terminal.slave, **options) as process:
        process.wait(PATIENCE)
    return terminal.finish()


def random_strings(count: int) -> list[str]:
    dice = random.Random(5)
    ranges = (
        range(0x20),
        range(0x7F, 0xA0),
        range(0x2000, 0x2070),
        range(0x20, 0x7F),
        range(0x20, 0x7F),
        range(0xFFF0, 0x10000),
        range(0xE0000, 0xE0080),
        range(0x1F600, 0x1F650),
        range(0x600, 0x700),
    )
    return [
        "".join(chr(dice.choice(dice.choice(ranges))) for _ in range(dice.randint(1, 12)))
        for _ in range(count)
    ]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """A script whose words are random strings, and those that every terminal obeys."""
    words = [*OSC, *random_strings(10_000 if pytestconfig.getoption("--full") else 1_000)]
    path = tmp_path_factory.mktemp("script") / "hostile"
    path.write_bytes(
        b"".join(
            orjson.dumps({"content": " ".join(words[at : at + 250]), "reasoning": words[at]})
            + b"\n"
            for at in range(0, len(words), 250)
        )
    )
    return path


def run_of(script: Path) -> list[str]:
    model = f"sim:script:{script}"
    prompt = "".join(OSC)
    turns = str(script.read_bytes().count(b"\n"))
    return ["run", "-a", model, "-b", "sim:echo", "-t", turns, "-p", prompt, "--id", "exp_1"]


@pytest.mark.parametrize("colour", ["never", "always"])
def test_no_words_of_an_agent_act_on_the_terminal_of_a_run(
    home: Home, hostile: Path, colour: str
) -> None:
    names = ["--name-a", OSC[0], "--name-b", OSC[5]]
    shown = on_terminal(home, *run_of(hostile), *names, "--color", colour)
    plain = OWN_COLOURS.sub("", shown)
    assert types_of(home.logs()["exp_1"])[-1] == "experiment.completed"
    assert r"\u{1b}]0;owned\u{7}" in plain
    assert acting(plain) == set()
    assert (plain != shown) == (colour == "always")


def test_no_words_of_a_log_act_on_the_terminal_of_tail(home: Home, hostile: Path) -> None:
    home.run(*run_of(hostile))
    for arguments in (["exp_1"], []):
        shown = on_terminal(home, "tail", *arguments, "-n", "all", "--no-follow")
        plain = OWN_COLOURS.sub("", shown)
        assert r"\u{1b}]0;owned\u{7}" in plain
        assert acting(plain) == set()


@pytest.mark.parametrize("kind", ["unknown.kind", "pause.requested", "rate_limit.warning"])
def test_no_field_of_any_event_acts_on_the_terminal(home: Home, kind: str) -> None:
    words = "".join(OSC)
    fields = ("reason", "detail", "provider", "message", "model", "kind", "description", words)
    event = {
        "v": 1,
        "id": words[:100],
        "type": kind if kind != "unknown.kind" else f"{kind}{words}",
        "experiment_id": words,
        "timestamp": 1.0,
        "turn_number": 1,
        "agent_id": words,
        "data": dict.fromkeys(fields, words),
    }
    data = orjson.dumps(event) + b"\n"
    path = home.root / "events.jsonl"
    path.write_bytes(data + data.replace(b'"v":1', b'"v":9') + b"not JSON \x1b]0;owned\x07\n")
    shown = on_terminal(home, "tail", "./events.jsonl", "--no-follow")
    assert acting(OWN_COLOURS.sub("", shown)) == set()


def test_no_label_or_group_acts_on_the_terminal_of_list(home: Home) -> None:
    words = "".join(OSC)
    home.run("run", "-t", "1", "--group", words, "--label", f"key={words}")
    shown = on_terminal(home, "list")
    assert "owned" in shown
    assert acting(shown) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--id", "".join(OSC)],
        ["run", "-a", "".join(OSC)],
        ["run", "-a", "sim:" + "".join(OSC)],
        ["run", "-a", "sim:script:" + "".join(OSC)],
        ["run", "-p", "@" + "".join(OSC)],
        ["run", "--config", "".join(OSC)],
        ["run", "--label", OSC[0]],
        ["run", "--" + "".join(OSC)],
        ["run", "".join(OSC)],
        ["".join(OSC)],
        ["list", "--state", "".join(OSC)],
        ["list", "--data-dir", "file/" + "".join(OSC)],
        ["tail", "".join(OSC)],
        ["tail", "./" + "".join(OSC)],
        ["tail", "-n", "".join(OSC)],
    ],
)
def test_no_message_about_what_was_typed_acts_on_the_terminal(
    home: Home, arguments: list[str]
) -> None:
    (home.root / "file").write_text("")
    shown = on_terminal(home, *arguments)
    assert shown.startswith("pidgin: ")
    assert shown.count("\n") == 1
    assert acting(shown) == set()


def test_no_word_of_a_service_acts_on_the_terminal(home: Home) -> None:
    error = {"kind": OSC[0], "message": "".join(OSC), "retryable": False}
    (home.root / "script").write_bytes(orjson.dumps({"content": "", "errors": [error]}))
    shown = on_terminal(home, "run", "-a", "sim:script:script")
    assert "failed: " in shown
    assert acting(OWN_COLOURS.sub("", shown)) == set()


def test_a_terminal_gets_text_and_a_pipe_gets_events(home: Home) -> None:
    run = ["run", "-a", "sim:terse", "-b", "sim:terse", "-t", "1", "--seed", "7"]
    shown = on_terminal(home, *run)
    piped = home.run(*run).out
    assert "── turn 0 ──" in shown
    assert types_of(piped)[0] == "experiment.started"
    assert shown.count("experiment.started") == 0


@pytest.mark.parametrize("command", ["run -a sim:terse -b sim:terse -t 1", "tail exp_1", "list"])
def test_a_terminal_gets_jsonl_where_that_was_asked_for(
    home: Home, one_turn: bytes, command: str
) -> None:
    home.write_log("exp_1", one_turn)
    shown = on_terminal(home, *command.split(), "--format", "jsonl")
    assert all(orjson.loads(line) for line in shown.encode().split(b"\n")[:-1])


def test_on_a_terminal_each_word_is_shown_when_it_comes(home: Home) -> None:
    terminal = Terminal()
    with home.start(
        "run", "-a", "sim:chatty,pace=20", "-t", "1", "--id", "exp_1", stdout=terminal.slave
    ) as process:
        shown, deadline = [b""], time.monotonic() + PATIENCE
        while b"response.completed" not in home.logs().get("exp_1", b""):
            assert time.monotonic() < deadline
            if terminal.shown != shown[-1]:
                shown.append(terminal.shown)
            time.sleep(0.002)
        process.kill()
    deltas = home.logs()["exp_1"].count(b'"response.streaming"')
    terminal.finish()
    # A word comes every 50 ms and an event every 250 ms.
    assert len(shown) > 2 * deltas


def test_on_a_terminal_the_live_text_is_the_text_of_the_log(home: Home) -> None:
    live = on_terminal(
        home, "run", "-a", "sim:chatty,pace=300", "-b", "sim:spiral", "-t", "2", "--id", "exp_1"
    )
    recorded = home.run("tail", "exp_1", "-n", "all", "--format", "text").out.decode()
    assert OWN_COLOURS.sub("", live) == recorded


def test_a_filter_of_the_terminal_is_left_when_it_closes(home: Home) -> None:
    """A command on a terminal that hung up ends; it does not spin."""
    code = (
        "import os, pty, sys\n"
        "pid, master = pty.fork()\n"
        "if pid == 0:\n"
        "    os.execvp(sys.argv[1], sys.argv[1:])\n"
        "os.read(master, 1)\n"
        "os.close(master)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n"
    )
    command = home.command("run", "-a", "sim:chatty,pace=20", "-t", "50", "--id", "exp_1")
    done = subprocess.run(
        [sys.executable, "-c", code, *command],
        env=home.environ,
        cwd=home.root,
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    )
    assert int(done.stdout) in (1, -1)
    assert types_of(home.logs()["exp_1"])[-2:] == ["pause.requested", "checkpoint.saved"]


def test_text_that_is_piped_has_no_colours(home: Home) -> None:
    out = home.run("run", "-a", "sim:terse", "-b", "sim:terse", "-t", "1", "--format", "text").out
    assert b"\x1b" not in out


@pytest.mark.parametrize("options", ["", "--as agent_a"])
def test_the_lines_of_a_transcript_end_between_words_on_a_terminal_alone(
    home: Home, one_turn: bytes, options: str
) -> None:
    home.write_log("exp_1", one_turn)
    command = ["transcript", "-f", "text", *options.split()]
    shown = on_terminal(home, *command, "exp_1", columns=30)
    piped = home.run(*command, "exp_1").out.decode()
    assert max(map(width, piped.splitlines())) > 30
    assert max(map(width, OWN_COLOURS.sub("", shown).splitlines())) <= 30
    assert OWN_COLOURS.sub("", shown).split() == piped.split()


def test_a_transcript_of_several_logs_is_wrapped_all_the_same(home: Home, one_turn: bytes) -> None:
    for number in range(40):
        home.write_log(f"exp_{number}", one_turn.replace(b"exp_1", b"exp_%d" % number) * 80)
    shown = on_terminal(home, "transcript", "-f", "text", "all", columns=30)
    assert max(map(width, OWN_COLOURS.sub("", shown).splitlines())) <= 30


def test_what_is_no_text_is_not_wrapped_on_a_terminal(home: Home, one_turn: bytes) -> None:
    home.write_log("exp_1", one_turn)
    shown = on_terminal(home, "transcript", "-f", "markdown", "exp_1", columns=30)
    assert shown.encode() == home.run("transcript", "exp_1").out
