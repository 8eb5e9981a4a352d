"""Growth: from an expression to one that matches every beginning of what it matches.

Such an expression, held to the end of a text, finds where a match may begin that is not whole yet.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pidgin_cli.filters.redaction.expressions import quoted
from pidgin_cli.possessive import compiled

_REPEAT = re.compile(r"(?:[*+?]|\{(\d+)(,?)(\d*)\})\??")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])))?")
_CLASS = compiled(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*+\]", re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|[0-9a-fA-F]{2})|[0-7]{1,3}|.)", re.DOTALL
)
_QUOTE = compiled(r"\\Q((?:[^\\]|\\(?!E))*+)(?:\\E|\Z)|\\.", re.DOTALL)
_FEW = 8  # repetitions that are counted, whatever their number may be
_ASSERTIONS = ("\\A", "\\z", "\\b", "\\B", "^", "$")


class Growth(NamedTuple):
    """An expression without its assertions, which a longer text may take back.

    Args:
        whole: matches all that it matches.
        begun: matches every beginning of at least one character of that, the whole included;
            empty where there is none.
    """

    whole: str
    begun: str


def growth(source: str, *, loose: bool = False) -> Growth:
    """Give the growth of an expression that RE2 accepts, for it is not checked here.

    The result is longer than the source by the logarithm of its length.

    Args:
        loose: whether to count no repetition past a few: a smaller automaton, for which more has
            begun than has.
    """
    return _Reader(source, loose).alternatives()


def either(*choices: str) -> str:
    """Give one expression that matches what any of these does; none is empty."""
    kept = [choice for choice in choices if choice]
    return kept[0] if len(kept) == 1 else f"(?:{'|'.join(kept)})" if kept else ""


class _Reader:
    """Reads an expression once from left to right."""

    def __init__(self, source: str, loose: bool) -> None:
        self.loose = loose
        self.source = _QUOTE.sub(
            lambda each: each[0] if each[1] is None else quoted(each[1]), source
        )
        self.place = 0
        self.flags: frozenset[str] = frozenset()

    def alternatives(self) -> Growth:
        outer = self.flags
        branches = [self._sequence()]
        while self.source.startswith("|", self.place):
            self.place += 1
            branches.append(self._sequence())
        self.flags = outer
        wholes = dict.fromkeys(branch.whole for branch in branches)
        whole = next(iter(wholes)) if len(wholes) == 1 else f"(?:{'|'.join(wholes)})"
        return Growth(whole, either(*(branch.begun for branch in branches)))

    def _sequence(self) -> Growth:
        parts = []
        while self.place < len(self.source) and self.source[self.place] not in "|)":
            parts.append(self._repeated(self._atom()))
        return _joined([part for part in parts if part.whole or part.begun])

    def _atom(self) -> Growth:
        character = self.source[self.place]
        if character == "(":
            return self._group()
        for assertion in _ASSERTIONS:
            if self.source.startswith(assertion, self.place):
                self.place += len(assertion)
                return Growth("", "")
        if character == "[":
            return self._character(self._taken(_CLASS)[0])
        if character != "\\":
            self.place += 1
            return self._character(character)
        return self._character(self._taken(_ESCAPE)[0])

    def _character(self, atom: str) -> Growth:
        flags = "".join(sorted(self.flags & {"i", "s"}))
        atom = f"(?{flags}:{atom})" if flags else atom
        return Growth(atom, atom)

    def _group(self) -> Growth:
        outer = self.flags
        opening = self._taken(_GROUP)
        if opening[3]:
            self.flags = (outer | set(opening[1] or "")) - set(opening[2] or "")
            if opening[3] == ")":
                return Growth("", "")
        inner = self.alternatives()
        self.place += 1
        self.flags = outer
        return inner

    def _repeated(self, once: Growth) -> Growth:
        while (repeat := _REPEAT.match(self.source, self.place)) is not None:
            self.place = repeat.end()
            once = self._repetition(once, repeat)
        return once

    def _repetition(self, once: Growth, repeat: re.Match[str]) -> Growth:
        if not once.whole:
            return once
        sign = repeat[0][0]
        least = {"*": 0, "+": 1, "?": 0}.get(sign, int(repeat[1] or 0))
        most = 1 if sign == "?" else int(repeat[3] or repeat[1] or 0)
        unlimited = sign in "*+" or bool(repeat[2] and not repeat[3])
        if unlimited or (self.loose and most > _FEW):
            least = min(least, _FEW) if self.loose else least
            return Growth(f"(?:{once.whole}){{{least},}}", f"(?:{once.whole})*{once.begun}")
        if most == 0:
            return Growth("", "")
        before = f"(?:{once.whole}){{0,{most - 1}}}" if most > 1 else ""
        return Growth(f"(?:{once.whole}){{{least},{most}}}", f"{before}{once.begun}")

    def _taken(self, expression: re.Pattern[str]) -> re.Match[str]:
        match = expression.match(self.source, self.place)
        if match is None:
            raise ValueError(f"not an expression of RE2 at character {self.place + 1}")
        self.place = match.end()
        return match


def _joined(parts: list[Growth]) -> Growth:
    """Join by halves, so that neither depth nor length grows with the square of the parts."""
    if len(parts) < 2:
        return parts[0] if parts else Growth("", "")
    first, last = _joined(parts[: len(parts) // 2]), _joined(parts[len(parts) // 2 :])
    begun = either(first.begun, f"{first.whole}{last.begun}" if last.begun else "")
    return Growth(first.whole + last.whole, begun)
