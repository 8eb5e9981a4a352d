"""Expressions: the one owner of RE2, which takes linear time whatever the pattern and the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Self

import re2

from pidgin_cli.errors import UsageError

_MEMORY = 256 << 20  # bytes that the automaton of one expression may take before RE2 goes slower

_SHORT = 256  # bytes
_SYNTAX = "see https://github.com/google/re2/wiki/Syntax"
_LACKING = {
    "(?=": ("lookahead", "match the text after it too, and the whole is redacted"),
    "(?!": ("negative lookahead", "say what may follow instead of what may not"),
    "(?<": ("lookbehind", "match the text before it too, and the whole is redacted"),
    "(?>": ("atomic groups", "write (?:…): nothing backtracks here"),
    "(?#": ("comments", "leave the comment out"),
    "(?(": ("conditions", "write both ways with |"),
    "(?|": ("branch resets", "write (?:…|…)"),
    "(?x": ("the flag x", "write the pattern without spaces and comments"),
    "(?R": ("recursion", "write out the depth that is needed"),
    "(?P": ("backreferences and recursion", "write out what is meant"),
    "++": ("possessive repetition", "write + alone: nothing backtracks here"),
    "*+": ("possessive repetition", "write * alone: nothing backtracks here"),
    "?+": ("possessive repetition", "write ? alone: nothing backtracks here"),
    "}+": ("possessive repetition", "leave the + out: nothing backtracks here"),
    "\\Z": ("\\Z", "write \\z"),
    "\\u": ("\\u escapes", "write \\x{…}"),
    "\\h": ("\\h", "write [ \\t]"),
    "\\K": ("\\K", "match the whole"),
    "\\C": ("single bytes (\\C)", "match characters: write (?s:.)"),
    **{f"\\{digit}": ("backreferences", "write out what is meant") for digit in "123456789"},
}


class Expression:
    """One RE2 expression that looks at texts in UTF-8; it is compiled when it first does.

    Args:
        group: the name of the group that is meant, where the expression has one of this name.
    """

    def __init__(self, source: str, group: str = "") -> None:
        self._source = source.encode()
        self._name = group.encode()

    @cached_property
    def _compiled(self) -> Any:
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        return re2.compile(self._source, options)

    @cached_property
    def _group(self) -> int:
        return int(self._compiled.groupindex.get(self._name, 0))

    def compile(self) -> Self:
        """Give it compiled.

        Raises:
            re2.error: RE2 refuses it.
        """
        _ = self._compiled
        return self

    def found_in(self, text: bytes) -> bool:
        """Say whether it matches anywhere."""
        return self._compiled.search(text) is not None

    def start_in(self, text: bytes) -> int | None:
        """Give where the first match begins, in bytes."""
        match = self._compiled.search(text)
        return None if match is None else match.start()

    def matches_in(
        self, text: bytes, holds: Callable[[str], bool] | None = None
    ) -> Iterator[tuple[int, int, int]]:
        """Give of each match where it begins, and start and end of what is meant, in bytes.

        With a group it is the group that is meant, and nothing of a match that does not have it.
        What a match has after its group may be the start of the next, and so may be what is in it
        if it does not hold.

        Args:
            holds: what must be true of what is meant.
        """
        place = 0
        while (match := self._compiled.search(text, place)) is not None:
            start, end = match.span(self._group)
            if start < 0:
                place = match.end()
            elif holds is None or holds(text[start:end].decode(errors="replace")):
                yield match.start(), start, end
                place = max(end, place + 1)
            else:
                # To look into all that is long would take time with its square.
                place = start + 1 if end - start <= _SHORT else end


def compile_expression(source: str, name: str) -> Expression:
    """Compile what a person typed.

    Args:
        name: what a message calls the pattern.

    Raises:
        UsageError: RE2 refuses it; tells which construct, where, and what to do.
    """
    if not source:
        raise UsageError(f"{name} is empty and would match everywhere; write what is to be found")
    try:
        if "\\C" in source.replace("\\\\", ""):
            raise re2.error(b"invalid escape sequence: \\C")
        return Expression(source).compile()
    except UnicodeEncodeError as error:
        place = f"character {error.start + 1}"
        raise UsageError(f"{name} holds a lone surrogate at {place}; leave it out") from None
    except re2.error as error:
        raise UsageError(f"{name}: {_refusal(source, _reason(error))}") from None


def quoted(literal: str) -> str:
    """Give the expression that matches this text and nothing else."""
    return str(re2.escape(literal))


def _reason(error: Exception) -> str:
    (reason,) = error.args
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def _refusal(source: str, reason: str) -> str:
    what, _, construct = reason.partition(": ")
    if what.startswith(("missing", "unexpected")):
        # RE2 names the whole pattern here; what is missing is missing at its end.
        where = f" at character {len(source) + 1}" if what.startswith("missing") else ""
        return f"{what}{where}; {_SYNTAX}"
    place = max(source.replace("(?P<", "(?N<").find(construct), 0)
    where = f"{construct} at character {place + 1}"
    known = next((_LACKING[key] for key in _LACKING if construct.startswith(key)), None)
    if known is None:
        return f"{what} {where}; {_SYNTAX}"
    lacking, advice = known
    return f"RE2 has no {lacking} ({where}); {advice}"
