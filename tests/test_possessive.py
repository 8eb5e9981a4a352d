"""Groups that repeat possessively, which Python gets wrong before 3.11.5: Debian 12 has 3.11.2."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pidgin_cli.possessive import atomic

COMPILED = """
import importlib, pkgutil, re
from re import _compiler, _constants, _parser

def wrong(part):
    if part and isinstance(part, tuple) and part[0] is _constants.POSSESSIVE_REPEAT:
        if not _compiler._simple(part[1][2]):
            return True
    inside = isinstance(part, (tuple, list, _parser.SubPattern))
    return inside and any(map(wrong, part))

def compile(expression, flags):
    if isinstance(expression, (str, bytes)) and wrong(_parser.parse(expression, int(flags))):
        print(expression)
    return compile_really(expression, flags)

compile_really, re._compile = re._compile, compile
import pidgin_cli.possessive
pidgin_cli.possessive.SOUND = False
for module in pkgutil.walk_packages(pidgin_cli.__path__, "pidgin_cli."):
    importlib.import_module(module.name)
from pidgin_cli.filters.redaction.canonical import canonical
from pidgin_cli.store.skim import PIECES, skim_events
canonical(), [*skim_events([], "stdin", print, kinds=PIECES)]
"""


@pytest.mark.parametrize(
    ("possessive", "same"),
    [
        ("(?:ab?c)*+", "(?>(?:ab?c)*)"),
        (r"[^()]*+(?:\)[)(]?|x{2,3}+){1,3}+", r"[^()]*+(?>(?:\)[)(]?|x{2,3}+){1,3})"),
        (r"((?:a|(b)++)?+)\2", r"((?>(?:a|(?>(b)+))?))\2"),
        (b"[]()]+(?=a)(?:\xff\\(a)?+", b"[]()]+(?=a)(?>(?:\xff\\(a)?)"),
        ("(?:a)+b(c)*?", "(?:a)+b(c)*?"),
    ],
)
def test_an_atomic_group_says_what_a_group_that_repeats_possessively_does(
    possessive: str | bytes, same: str | bytes
) -> None:
    assert same == atomic(possessive)


def test_an_atomic_group_ends_where_its_last_whole_round_does() -> None:
    found = re.match(atomic("(?:ab?c)*+"), "aca")
    assert found is not None
    assert 2 == found.end()


def test_no_group_repeats_possessively_where_python_gets_it_wrong() -> None:
    done = subprocess.run(
        [sys.executable, "-c", COMPILED],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
