"""Lines that end between words where a terminal has no room for more, as the text comes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pidgin_cli.views.visible import CODE
from pidgin_cli.views.width import chopped, width

NARROWEST, WIDEST = 12, 10_000
"""Columns below which lines are left to the terminal; and what stands for an unknown number."""

_TAB = 8
_PARTS = re.compile(r"\n|[ \t]+|\x1b\[[0-9;]*m|[^\n \t\x1b]+")
_OPENS = "([{“‘«〈《「『【〔（［｛"
_CLOSES = (
    "!%),.:;?]}”’…»、。々〉》」』】〕゛゜ぁぃぅぇぉっゃゅょァィゥェォッャュョー！％），．：；？］｝"
)
_SIGNS = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Kana and ideographs, between which a line may end without a space."""
_WORDS = re.compile(
    f"[{re.escape(_OPENS)}]*[{_SIGNS}][{re.escape(_CLOSES)}]*"
    f"|[^{_SIGNS}]+?(?=[{re.escape(_OPENS)}]{{0,3}}[{_SIGNS}])|[^{_SIGNS}]+"
)
_CODES = re.compile(f"({CODE.pattern})")


class Wrapping:
    """Breaks lines between words; a word is shown once it is known where it ends.

    What it is given has no control characters but newlines, tabs and the view's colours.

    Args:
        columns: asks the terminal how wide it is now, 0 where it does not say.
        indent: stands before what goes on on a further line.
    """

    def __init__(self, columns: Callable[[], int], indent: str) -> None:
        self._columns = columns
        self._indent = indent
        self._limit = WIDEST
        self._column = 0
        self._gap = ""
        self._word = ""
        self._put_off = False

    def feed(self, text: str) -> str:
        """Give what is to be shown now of the text so far."""
        columns = self._columns()
        self._limit = columns if columns >= NARROWEST else WIDEST
        return "".join(map(self._take, _PARTS.findall(text)))

    def aside(self, line: str) -> str:
        """Give a line of its own; the one under way goes on behind it, with the word it is at."""
        goes_on = self._put_off or bool(self._column or self._word)
        ended = "\n" if self._column else ""
        word, self._column, self._gap, self._word = self._word, 0, "", ""
        self._put_off = False
        shown = self.feed(f"{line}\n")
        if goes_on:
            self._gap, self._word, self._put_off = self._indent, word, True
        return ended + shown

    def _take(self, part: str) -> str:
        match part[0]:
            case "\n":
                released = self._release()
                # An aside has ended the line already, where nothing has come behind it.
                ended = "" if self._put_off and not self._column else "\n"
                self._column, self._gap, self._put_off = 0, "", False
                return released + ended
            case " " | "\t":
                released = self._release()
                self._gap += part
                return released
            case "\x1b":
                return self._release() + part
        return self._extend(self._word + part)

    def _extend(self, words: str) -> str:
        """Give those that are whole now; the last one may go on."""
        room = self._limit - width(self._indent)
        if len(words) <= room and words.isascii():
            self._word = words
            return ""
        *whole, last = [
            piece
            for word in _WORDS.findall(words)
            for piece in (_pieces(word, room) if width(word) > room else [word])
        ]
        released = []
        for self._word in whole:
            released.append(self._release())
        self._word = last
        return "".join(released)

    def _release(self) -> str:
        """Give the word that is held, on this line or the next."""
        if not self._word:
            return ""
        gap, word = self._gap, self._word
        self._gap = self._word = ""
        wide = width(word)
        begins = _behind(gap, self._column)
        if begins + wide <= self._limit:
            self._column = begins + wide
            return gap + word
        ended = "\n" if self._column else ""
        self._column = width(self._indent) + wide
        return f"{ended}{self._indent}{word}"


def _pieces(word: str, room: int) -> Iterator[str]:
    """Give a word that is too long in pieces that have room; a code stands whole in one of them."""
    piece = ""
    for part in filter(None, _CODES.split(word)):
        if CODE.fullmatch(part) and width(piece) + len(part) > room:
            yield piece
            piece = part
        else:
            # No code is cut: what was held has room, and a cut comes only where there is none.
            *whole, piece = chopped(piece + part, room)
            yield from whole
    yield piece


def _behind(gap: str, column: int) -> int:
    """Give the column behind spaces and tabs that begin at a column."""
    for character in gap:
        column += _TAB - column % _TAB if character == "\t" else 1
    return column
