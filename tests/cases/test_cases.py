"""Every golden case: a line of shell, what it reads, and what comes of it.

A case is a folder `tests/cases/COMMAND/NAME/` with `cmd`, where there is one `input` (stdin), and
`expected`: stdout, then stderr with `2> ` before each line, then the status where it is not 0. What
else lies in the folder lies in the working folder. `pytest --update` rewrites what is expected.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pipes.processes import PATIENCE, Home

CASES = Path(__file__).parent
NAMES = sorted(str(path.parent.relative_to(CASES)) for path in CASES.glob("*/*/cmd"))
NOT_COPIED = shutil.ignore_patterns("cmd", "input", "expected")

Replacement = str | Callable[[re.Match[str]], str]
CHANGING: tuple[tuple[str, Replacement], ...] = (
    (r'"id":"[0-9a-f]{16}-', '"id":"WRITER-'),
    (r"exp_[0-9a-f]{10}", "exp_NEW"),
    (r'"(timestamp|duration|elapsed|time_to_first_chunk|age|size)":[0-9.e-]+', r'"\1":0'),
    (r'"(digest|pidgin|host|boot)":"[^"]*"', r'"\1":"…"'),
    # What can be configured has tests of its own.
    (r'"settings":\{.*?\},"writer"', '"settings":{…},"writer"'),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "DATE"),
    (r"\b\d\d:\d\d:\d\dZ?", "TIME"),
    (r"\b\d+(\.\d+)? (s|ms)\b", "0 s"),
    (r"\b\d+ k?B\b", "0 kB"),
    # Columns are as wide as what stands in them.
    (r" {3,}", "  "),
)


def lasting(text: str, home: Home) -> str:
    """Give a text without what differs from run to run."""
    text = text.replace(str(home.root), "HOME")
    for pattern, replacement in CHANGING:
        text = re.sub(pattern, replacement, text)
    return text


def outcome(home: Home, case: Path) -> str:
    programs = home.root.parent / "bin"
    programs.mkdir()
    program = programs / "pidgin"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m pidgin_cli "$@"\n')
    program.chmod(0o700)
    given = case / "input"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", (case / "cmd").read_text()],
        input=given.read_bytes() if given.exists() else b"",
        env={**home.environ, "PATH": f"{programs}:{home.environ['PATH']}"},
        cwd=home.root,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    told = "".join(f"2> {line}\n" for line in done.stderr.decode().splitlines())
    status = f"[status {done.returncode}]\n" if done.returncode else ""
    return lasting(done.stdout.decode() + told, home) + status


@pytest.mark.parametrize("name", NAMES)
def test_a_case_gives_what_is_expected(name: str, tmp_path: Path, update: bool) -> None:
    case, root = CASES / name, tmp_path / "home"
    shutil.copytree(case, root, ignore=NOT_COPIED)
    given = outcome(Home(root), case)
    expected = case / "expected"
    if update:
        expected.write_text(given, encoding="utf-8")
    assert expected.read_text(encoding="utf-8") == given
