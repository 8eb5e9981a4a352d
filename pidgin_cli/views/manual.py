"""Pages of the manual as text to read, for where there is no program that shows them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from textwrap import TextWrapper

MARGIN, HANGING = 7, 14
"""Columns before what a section says, and before what is said of a term."""

_FONTS = re.compile(r"\.(?:B|I|BR|RB|BI|IB|IR|RI)(?: |$)")
_ALTERNATING = re.compile(r"\.(?:BR|RB|BI|IB|IR|RI)(?: |$)")
_ESCAPES = re.compile(r"\\(?:f[BIR]|(.))")
_WRITTEN = {"e": "\\", "-": "-", " ": "\N{NO-BREAK SPACE}", "&": ""}


def readable(page: str, columns: int) -> Iterator[str]:
    """Give the lines of a page of our own, which says what it says in few words of roff."""
    text = _Text(columns)
    for line in page.splitlines():
        yield from map(_spaced, text.feed(line))
    yield from map(_spaced, text.paragraph())


class _Text:
    """What was read of a paragraph, and where it stands."""

    def __init__(self, columns: int) -> None:
        self._columns = columns
        self._words: list[str] = []
        self._lead = " " * MARGIN
        self._hanging = False
        self._term_is_next = False
        self._as_it_is = False

    def feed(self, line: str) -> Iterator[str]:
        """Take in a line of the page, and give the lines that are whole with it."""
        macro, _, rest = line.partition(" ")
        if _FONTS.match(line) or not line.startswith("."):
            yield from self._take(_words(line))
        elif macro == ".TH":
            name, section, _, source, manual = shlex.split(_plain(rest))
            yield f"{name}({section}): {manual}, {source}"
        elif macro in (".SH", ".SS"):
            yield from self._begin(hanging=False)
            yield ""
            yield _plain(rest).strip('"') if macro == ".SH" else f"   {_plain(rest)}"
        elif macro in (".TP", ".PP", ".P"):
            yield from self._begin(hanging=macro == ".TP")
            yield from [""] * (macro != ".TP")
        elif macro in (".nf", ".fi"):
            yield from self.paragraph()
            self._as_it_is = macro == ".nf"

    def paragraph(self) -> Iterator[str]:
        """Give what was read of a paragraph, in lines that fit."""
        wrapper = TextWrapper(
            max(self._columns - 1, 2 * HANGING),
            initial_indent=self._lead,
            subsequent_indent=" " * (HANGING if self._hanging else MARGIN),
            break_on_hyphens=False,
        )
        lines = wrapper.wrap(" ".join(self._words))
        self._words = []
        yield from lines

    def _begin(self, *, hanging: bool) -> Iterator[str]:
        yield from self.paragraph()
        self._hanging = self._term_is_next = hanging
        self._lead = " " * MARGIN

    def _take(self, words: str) -> Iterator[str]:
        if self._as_it_is:
            yield f"{self._lead}{words}".rstrip()
        elif self._term_is_next:
            self._term_is_next = False
            term = f"{' ' * MARGIN}{words}"
            if len(term) < HANGING - 1:
                self._lead = term.ljust(HANGING)
            else:
                yield term
                self._lead = " " * HANGING
        else:
            self._words.append(words)


def _words(line: str) -> str:
    """Give what a line of text says; words of alternating fonts stand together."""
    font = _FONTS.match(line)
    if font is None:
        return _plain(line)
    between = "" if _ALTERNATING.match(line) else " "
    words = re.findall(r'"([^"]*)"|((?:\\ |\S)+)', line[font.end() :])
    return _plain(between.join(quoted or bare for quoted, bare in words))


def _spaced(line: str) -> str:
    return line.replace("\N{NO-BREAK SPACE}", " ")


def _plain(text: str) -> str:
    return _ESCAPES.sub(lambda found: _WRITTEN.get(found[1] or "&", found[1] or ""), text)
