"""Runs: what may be base64, base64url or hex in a text, and what that may say."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

from pidgin_cli.events.redaction import REDACTED
from pidgin_cli.possessive import compiled

_LETTERS = "[A-Za-z0-9+/_-]"
_SHORTEST = 6  # letters: four in base64, three in hex

RUN = rf"(?:{_LETTERS}{{40,}}(?:\r?\n[ \t]*{_LETTERS}+)+|{_LETTERS}{{{_SHORTEST},}})={{0,2}}"
"""The expression of a run, over several lines if they are long."""

RUN_HINT = "|".join(
    f"{_LETTERS}{{{place}}}[A-Z0-9]{_LETTERS}{{{_SHORTEST - 1 - place}}}"
    for place in range(1, _SHORTEST)
)
"""An expression that finds a place in every run that is no plain word."""

_RUN = compiled(rf"{_LETTERS}{{40,}}+(?:\r?\n[ \t]*+{_LETTERS}++)++|{_LETTERS}{{{_SHORTEST},}}+")
_WORD = re.compile(r"[A-Za-z0-9/+_-]?[a-z/+_-]*+")
_HEX = re.compile(rf"[0-9a-fA-F]{{{_SHORTEST},}}+")
_TO_BASE64 = str.maketrans("-_", "+/", " \t\r\n")
# No pattern of use goes over such a border, and one that did would find too much, not too little.
_BORDER = b"\0\n\0"


class Run(NamedTuple):
    """A piece of a text, and all that it may say, one after the other."""

    start: int
    end: int
    decoded: bytes


def runs(text: str) -> Iterator[Run]:
    """Give each run that is no plain word, in order.

    What stands before an encoded text may be glued to it, so each of the places where base64 and
    hex can begin is tried. Characters of two bytes are read without the zeros.
    """
    for match in _RUN.finditer(text):
        run = match[0]
        if _WORD.fullmatch(run) is None and run not in REDACTED:
            readings = [*_from_base64(run), *_from_hex(run)]
            readings += [each.replace(b"\0", b"") for each in readings if b"\0" in each]
            yield Run(match.start(), match.end(), _BORDER.join(readings))


def _from_base64(run: str) -> Iterator[bytes]:
    letters = run.translate(_TO_BASE64)
    for skipped in range(4):
        whole = letters[skipped:]
        # One letter beyond a group of four says nothing of a byte.
        whole = whole[: len(whole) - (len(whole) % 4 == 1)]
        yield binascii.a2b_base64(whole + "=" * (-len(whole) % 4))


def _from_hex(run: str) -> Iterator[bytes]:
    for match in _HEX.finditer(run):
        for digits in (match[0], match[0][1:]):
            yield bytes.fromhex(digits[: len(digits) - len(digits) % 2])
